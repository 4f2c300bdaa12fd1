import type { CatalogEvent, EventField, EventGraph } from './catalog-event.ts';
import { EXAMPLE_CONTRACT, EXAMPLE_CUSTOMER, EXAMPLE_METER, EXAMPLE_READING } from './example-entities.ts';

const CUSTOMER = { id: 'customer', schemas: ['contact', 'account'], cardinality: 'one' } as const;
const CONTRACT = { id: 'contract', schemas: ['contract'], cardinality: 'one' } as const;
const CONTRACTS = { id: 'contracts', schemas: ['contract'], cardinality: 'many' } as const;
const METER = { id: 'meter', schemas: ['meter'], cardinality: 'one' } as const;
const TICKET = {
  id: 'ticket',
  schemas: ['ticket', 'opportunity', 'submission'],
  cardinality: 'one',
} as const;

const text = (description: string): EventField => ({ schema: { type: 'string', description } });
const date = (description: string): EventField => ({
  schema: { type: 'string', format: 'date', description },
});

const AROUND_METER: EventGraph = {
  seed: 'meter',
  nodes: [METER, CONTRACTS, CUSTOMER],
  edges: [
    { from: 'meter', to: 'contracts' },
    { from: 'contracts', to: 'customer' },
  ],
};
const AROUND_CONTRACT: EventGraph = {
  seed: 'contract',
  nodes: [CONTRACT, CUSTOMER, { id: 'billing_account', schemas: ['billing_account'], cardinality: 'one' }],
  edges: [
    { from: 'contract', to: 'customer' },
    { from: 'contract', to: 'billing_account' },
  ],
};
const AROUND_CUSTOMER: EventGraph = {
  seed: 'customer',
  nodes: [CUSTOMER, CONTRACTS],
  edges: [{ from: 'customer', to: 'contracts' }],
};
const AROUND_REQUEST: EventGraph = {
  seed: 'ticket',
  nodes: [TICKET, CUSTOMER, CONTRACTS],
  edges: [
    { from: 'ticket', to: 'customer' },
    { from: 'ticket', to: 'contracts' },
  ],
};

/** One event per submission; an item per counter, what holds for all of them on the event itself (spec/entities.md §11). */
const READING_FIELDS: Readonly<Record<string, EventField>> = {
  meter_readings: {
    required: true,
    schema: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['value'],
        properties: {
          counter_id: { type: 'string' },
          counter_external_id: { type: 'string' },
          obis_number: { type: 'string' },
          value: { type: 'number' },
          unit: { type: 'string' },
          direction: { type: 'string', enum: ['feed-in', 'feed-out'] },
        },
      },
    },
  },
  reading_date: { required: true, schema: { type: 'string', format: 'date-time' } },
  read_by: text('Who read the meter'),
  source: text('Where the reading came from, such as portal'),
  remarks: { schema: { type: 'array', items: { type: 'string' } } },
};
const READING_EXAMPLE = {
  meter: EXAMPLE_METER,
  contracts: [EXAMPLE_CONTRACT],
  meter_readings: [EXAMPLE_READING],
  reading_date: '2026-03-01T09:15:00.000Z',
  read_by: 'Gesine Harms',
  source: 'portal',
  remarks: [],
};
const REQUEST_EXAMPLE = {
  ticket: {
    _id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c08',
    _schema: 'ticket',
    _title: 'Anliegen',
    ticket_number: 'T-1001',
  },
  customer: EXAMPLE_CUSTOMER,
  contracts: [EXAMPLE_CONTRACT],
};

const event = (
  name: string,
  title: string,
  description: string,
  tags: readonly string[],
  rest: Pick<CatalogEvent, 'graph' | 'fields' | 'example' | 'calledFor'>,
): CatalogEvent => ({ name, title, description, version: '1.0', tags: ['builtin', ...tags, 'erp'], ...rest });

/** What the server does not do itself, such as ending a contract: whoever takes the wish tells of it. */
const CALLED = { calledFor: true } as const;

const onContract = (
  fields: Readonly<Record<string, EventField>>,
  example: Readonly<Record<string, unknown>>,
) => ({
  graph: AROUND_CONTRACT,
  fields,
  example: { contract: EXAMPLE_CONTRACT, customer: EXAMPLE_CUSTOMER, ...example },
});

/** Events that a domain or an API call raises by name (spec/entities.md §11). */
export const RAISED_EVENTS: readonly CatalogEvent[] = [
  event(
    'MeterReadingAdded',
    'Meter reading added',
    'A customer submitted readings of a meter',
    ['metering'],
    {
      graph: AROUND_METER,
      fields: READING_FIELDS,
      example: READING_EXAMPLE,
    },
  ),
  event(
    'ServiceMeterReadingAdded',
    'Service meter reading added',
    'Staff submitted readings of a meter',
    ['metering'],
    {
      graph: AROUND_METER,
      fields: READING_FIELDS,
      example: { ...READING_EXAMPLE, source: '360' },
    },
  ),
  event('OrderSubmission', 'Order submitted', 'An order was placed', ['order'], {
    graph: {
      seed: 'order',
      nodes: [{ id: 'order', schemas: ['order'], cardinality: 'one' }, CUSTOMER],
      edges: [{ from: 'order', to: 'customer' }],
    },
    fields: {},
    example: {
      order: {
        _id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c09',
        _schema: 'order',
        _title: 'OR-1001',
        order_number: 'OR-1001',
        status: 'placed',
      },
      customer: EXAMPLE_CUSTOMER,
    },
  }),
  event('TariffChange', 'Tariff changed', 'A customer changed the tariff of a contract', ['contract'], {
    ...CALLED,
    ...onContract(
      {
        product_id: text('The new product'),
        price_id: text('The new price'),
        start_date: date('First day of the new tariff'),
      },
      { start_date: '2026-04-01' },
    ),
  }),
  event('CustomerRequestSubmitted', 'Customer request submitted', 'A customer sent a request', ['request'], {
    ...CALLED,
    graph: AROUND_REQUEST,
    fields: { subject: text('What it is about'), message: text('The request') },
    example: { ...REQUEST_EXAMPLE, subject: 'Rechnung', message: 'Bitte senden Sie mir eine Kopie.' },
  }),
  event(
    'GeneralRequestCreated',
    'General request created',
    'A request without a category was created',
    ['request'],
    {
      ...CALLED,
      graph: AROUND_REQUEST,
      fields: { subject: text('What it is about'), message: text('The request') },
      example: { ...REQUEST_EXAMPLE, subject: 'Frage', message: 'Wann kommt der Ableser?' },
    },
  ),
  event('LocationMoveRequested', 'Move requested', 'A customer announced a move', ['contract'], {
    ...CALLED,
    ...onContract(
      {
        move_out_date: date('Last day at the old address'),
        move_in_date: date('First day at the new address'),
        new_address: { schema: { type: 'object' } },
      },
      { move_out_date: '2026-04-30', move_in_date: '2026-05-01' },
    ),
  }),
  event(
    'TerminateContractRequested',
    'Termination requested',
    'A customer asked to end a contract',
    ['contract'],
    {
      ...CALLED,
      ...onContract(
        { termination_date: date('Wanted end of the contract'), termination_reason: text('Why') },
        { termination_date: '2026-06-30' },
      ),
    },
  ),
  event(
    'InvoiceSimulationRequested',
    'Invoice simulation requested',
    'A customer asked for a preview of the next invoice',
    ['billing'],
    {
      ...CALLED,
      ...onContract({ due_date: date('Day of the simulated invoice') }, { due_date: '2026-12-31' }),
    },
  ),
  event(
    'ServiceInstallmentChange',
    'Installment changed by staff',
    'Staff changed the installment of a contract',
    ['contract'],
    {
      ...CALLED,
      ...onContract(
        { installment_amount: { schema: { type: 'integer', description: 'Cents' } } },
        { installment_amount: 9200 },
      ),
    },
  ),
  event(
    'OnDemandSyncCustomerRequested',
    'Customer sync requested',
    'Somebody asked the ERP for the current data of a customer',
    ['sync'],
    {
      graph: AROUND_CUSTOMER,
      fields: {},
      example: { customer: EXAMPLE_CUSTOMER, contracts: [EXAMPLE_CONTRACT] },
    },
  ),
  event(
    'OnDemandSyncContractRequested',
    'Contract sync requested',
    'Somebody asked the ERP for the current data of a contract',
    ['sync'],
    onContract({}, {}),
  ),
];
