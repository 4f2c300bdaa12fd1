import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PortalCustomer, portalCustomer, relatedTo } from './testing/portal-customer.ts';
import { storeUpload } from './testing/store-upload.ts';

interface Sample {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly sampleResponse: unknown;
}

const samples: readonly Sample[] = JSON.parse(
  readFileSync(new URL('../../contract/samples/portal.json', import.meta.url), 'utf8'),
);

const FOR_CUSTOMERS = [
  ...['saveEntityFile', 'deleteEntityFile', 'getFileById', 'trackFileDownloaded'],
  ...['getBillingEvents', 'getCustomerBalance', 'getBillingAccount'],
  ...['createMeterReading', 'getAllowedMeterReadingRange', 'uploadMeterReadingPhoto'],
  ...['updateNotificationsStatus', 'updateCampaignPortalBlockStatus'],
];
const FOR_STAFF = ['canTriggerPortalFlow', 'getAutomationContext', 'replaceECPTemplateVariables'];

let customer: PortalCustomer;
beforeAll(async () => {
  customer = await portalCustomer({ feature_settings: { billing: true } });
});

function sample(operationId: string): Sample {
  const found = samples.find((one) => one.operationId === operationId);
  if (!found) throw new Error(`No sample of ${operationId}`);
  return found;
}

/** Sends a documented call; `ids` replaces placeholders in its path, `body` members of its body. */
function send(operationId: string, token: string, ids: Record<string, string> = {}, body: object = {}) {
  const { method, path, params, body: documented } = sample(operationId);
  const values: Record<string, unknown> = { ...params, ...ids };
  const query = new URLSearchParams();
  let url = path;
  for (const [name, value] of Object.entries(values)) {
    if (url.includes(`{${name}}`)) url = url.replace(`{${name}}`, encodeURIComponent(String(value)));
    else query.set(name, String(value));
  }
  const sent = documented ? { body: { ...documented, ...body } } : {};
  return customer.server.request(method, `${url}?${query}`, { token, ...sent });
}

describe('documented calls', () => {
  it.each([
    ...FOR_CUSTOMERS.map((operationId) => [operationId, 'customer']),
    ...FOR_STAFF.map((operationId) => [operationId, 'staff']),
  ])('with ids of nobody: %s is answered cleanly', async (operationId, who) => {
    const token = who === 'customer' ? customer.token : customer.admin;
    const { status } = await send(operationId ?? '', token);
    expect([operationId, status < 500]).toEqual([operationId, true]);
  });

  it('with ids of the customer have the documented members', async () => {
    const { create, contactId, token } = customer;
    const contract = await create('contract', { customer: relatedTo(contactId) });
    const account = await create('billing_account', {
      ...{ contracts: relatedTo(contract), billing_contact: relatedTo(contactId) },
      ...{ billing_account_number: '1', balance: 1, balance_decimal: '0.01', balance_currency: 'EUR' },
    });
    await create('billing_event', {
      ...{ type: 'installment', contract: relatedTo(contract), external_id: 'x' },
      ...{ billing_amount: 10_050, due_date: '2026-01-01', paid_date: '2026-01-01', _tags: ['a'] },
    });
    const meter = await create('meter', { contract: relatedTo(contract) });
    const counter = await create('meter_counter', { meter: relatedTo(meter), direction: 'feed-in' });
    const order = await create('order', { customer: relatedTo(contactId) });
    const s3ref = await storeUpload(customer, 'document.pdf', Buffer.from('%PDF-1.7'));

    const answers = {
      getBillingEvents: await send('getBillingEvents', token),
      getCustomerBalance: await send('getCustomerBalance', token),
      getBillingAccount: await send('getBillingAccount', token, { id: account }),
      createMeterReading: await send(
        'createMeterReading',
        token,
        {},
        { meter_id: meter, counter_id: counter },
      ),
      saveEntityFile: await send(
        'saveEntityFile',
        token,
        {},
        {
          ...{ entity_id: order, files: [{ filename: 'document.pdf', access_control: 'private', s3ref }] },
        },
      ),
    };
    const file = String(answers.saveEntityFile.body['createdFiles']?.[0]?.['_id']);
    const more = {
      ...answers,
      getFileById: await send('getFileById', token, { id: file }),
      trackFileDownloaded: await send('trackFileDownloaded', token, { id: file }),
      uploadMeterReadingPhoto: await send('uploadMeterReadingPhoto', token, {}, { meter_id: meter }),
      canTriggerPortalFlow: await send('canTriggerPortalFlow', customer.admin, {
        portal_id: customer.portalId,
      }),
    };
    for (const [operationId, { status, body }] of Object.entries(more)) {
      expect([operationId, status, status < 300 ? '' : body]).toEqual([operationId, status, '']);
      expect([operationId, missing(sample(operationId).sampleResponse, body)]).toEqual([operationId, []]);
    }
    const ids = { entity_id: order, file_entity_ids: [file] };
    expect((await send('deleteEntityFile', token, {}, ids)).status).toBe(202);
  });
});

/** Members that appear only where somebody set them, or a recognition is installed; external ids are not the customer's to set. */
const NOT_ALWAYS = new Set([
  '_tags',
  'templates_output',
  'reading',
  'sector',
  'meter_numbers',
  'external_id',
  'billing_address',
]);

/** Paths of documented members that an answer lacks; lists are compared by their first entry. */
function missing(documented: unknown, answer: unknown, path = ''): string[] {
  if (Array.isArray(documented)) {
    return documented.length > 0 && Array.isArray(answer)
      ? missing(documented[0], answer[0], `${path}[0]`)
      : [];
  }
  if (typeof documented !== 'object' || documented === null) return [];
  const members: [string, unknown][] = Object.entries(documented);
  return members.flatMap(([name, value]) => {
    if (NOT_ALWAYS.has(name)) return [];
    const given =
      typeof answer === 'object' && answer !== null
        ? Object.entries(answer).find(([own]) => own === name)
        : undefined;
    return given ? missing(value, given[1], `${path}.${name}`) : [`${path}.${name}`];
  });
}
