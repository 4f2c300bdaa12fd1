import type { CatalogEvent, EventGraph } from './catalog-event.ts';
import {
  EXAMPLE_BILLING_ACCOUNT,
  EXAMPLE_CONTRACT,
  EXAMPLE_CUSTOMER,
  EXAMPLE_PORTAL_USER,
} from './example-entities.ts';

const CUSTOMER = ['contact', 'account'];

const AROUND_BILLING_ACCOUNT: EventGraph = {
  seed: 'billing_account',
  nodes: [
    { id: 'billing_account', schemas: ['billing_account'], cardinality: 'one' },
    { id: 'contracts', schemas: ['contract'], cardinality: 'many' },
    { id: 'customer', schemas: CUSTOMER, cardinality: 'one' },
    { id: 'portal_user', schemas: ['portal_user'], cardinality: 'one' },
  ],
  edges: [
    { from: 'billing_account', to: 'contracts' },
    { from: 'billing_account', to: 'customer' },
    { from: 'contracts', to: 'customer' },
    { from: 'customer', to: 'portal_user' },
  ],
};

const AROUND_CUSTOMER: EventGraph = {
  seed: 'customer',
  nodes: [
    { id: 'customer', schemas: CUSTOMER, cardinality: 'one' },
    { id: 'contracts', schemas: ['contract'], cardinality: 'many' },
    { id: 'billing_accounts', schemas: ['billing_account'], cardinality: 'many' },
    { id: 'portal_user', schemas: ['portal_user'], cardinality: 'one' },
  ],
  edges: [
    { from: 'customer', to: 'contracts' },
    { from: 'customer', to: 'billing_accounts' },
    { from: 'contracts', to: 'billing_accounts' },
    { from: 'customer', to: 'portal_user' },
  ],
};

const AROUND_CONTRACT: EventGraph = {
  seed: 'contract',
  nodes: [
    { id: 'contract', schemas: ['contract'], cardinality: 'one' },
    { id: 'billing_account', schemas: ['billing_account'], cardinality: 'one' },
    { id: 'customer', schemas: CUSTOMER, cardinality: 'one' },
    { id: 'meters', schemas: ['meter'], cardinality: 'many' },
    { id: 'portal_user', schemas: ['portal_user'], cardinality: 'one' },
  ],
  edges: [
    { from: 'contract', to: 'billing_account' },
    { from: 'contract', to: 'customer' },
    { from: 'contract', to: 'meters' },
    { from: 'customer', to: 'portal_user' },
  ],
};

const WRITTEN = ['createEntity', 'updateEntity'] as const;
const BILLING_EXAMPLE = {
  billing_account: EXAMPLE_BILLING_ACCOUNT,
  contracts: [EXAMPLE_CONTRACT],
  customer: EXAMPLE_CUSTOMER,
  portal_user: EXAMPLE_PORTAL_USER,
};

/** Events that a change of an attribute raises (spec/entities.md §11). */
export const ENTITY_EVENTS: readonly CatalogEvent[] = [
  {
    name: 'CustomerDetailsUpdated',
    title: 'Customer details updated',
    description:
      'Birthdate, e-mail, salutation, title, communication preference or phone of a contact changed',
    version: '1.0',
    tags: ['builtin', 'customer', 'erp'],
    trigger: {
      operations: WRITTEN,
      schemas: ['contact'],
      attributes: ['birthdate', 'email', 'salutation', 'title', 'communication_preference', 'phone'],
    },
    graph: AROUND_CUSTOMER,
    fields: {},
    example: {
      customer: EXAMPLE_CUSTOMER,
      contracts: [EXAMPLE_CONTRACT],
      billing_accounts: [EXAMPLE_BILLING_ACCOUNT],
      portal_user: EXAMPLE_PORTAL_USER,
    },
  },
  {
    name: 'InstallmentUpdated',
    title: 'Installment updated',
    description: 'The installment amount of a contract changed',
    version: '1.0',
    tags: ['builtin', 'contract', 'erp'],
    trigger: { operations: WRITTEN, schemas: ['contract'], attributes: ['installment_amount'] },
    graph: AROUND_CONTRACT,
    fields: {},
    example: {
      contract: EXAMPLE_CONTRACT,
      billing_account: EXAMPLE_BILLING_ACCOUNT,
      customer: EXAMPLE_CUSTOMER,
    },
  },
  {
    name: 'PaymentMethodUpdated',
    title: 'Payment method updated',
    description: 'The payment method of a billing account changed',
    version: '1.0',
    tags: ['builtin', 'billing', 'erp'],
    trigger: { operations: WRITTEN, schemas: ['billing_account'], attributes: ['payment_method'] },
    graph: AROUND_BILLING_ACCOUNT,
    fields: {},
    example: BILLING_EXAMPLE,
  },
  {
    name: 'BillingAddressUpdated',
    title: 'Billing address updated',
    description: 'The billing address of a billing account changed',
    version: '1.0',
    tags: ['builtin', 'billing', 'erp'],
    trigger: { operations: WRITTEN, schemas: ['billing_account'], attributes: ['billing_address'] },
    graph: AROUND_BILLING_ACCOUNT,
    fields: {},
    example: BILLING_EXAMPLE,
  },
  {
    name: 'BillingAccountConnectionRemoved',
    title: 'Billing account connection removed',
    description: 'A contract lost its billing account',
    version: '1.0',
    tags: ['builtin', 'billing', 'erp'],
    trigger: {
      operations: ['updateEntity'],
      schemas: ['contract'],
      attributes: ['billing_account'],
      removedOnly: true,
    },
    graph: AROUND_CONTRACT,
    fields: {},
    example: { contract: EXAMPLE_CONTRACT, customer: EXAMPLE_CUSTOMER },
  },
  {
    name: 'FileCreated',
    title: 'File created',
    description: 'A file was added',
    version: '1.0',
    tags: ['builtin', 'file', 'erp'],
    trigger: { operations: ['createEntity'], schemas: ['file'] },
    graph: {
      seed: 'file',
      nodes: [
        { id: 'file', schemas: ['file'], cardinality: 'one' },
        { id: 'contracts', schemas: ['contract'], cardinality: 'many' },
        { id: 'customer', schemas: CUSTOMER, cardinality: 'one' },
      ],
      edges: [
        { from: 'file', to: 'contracts' },
        { from: 'file', to: 'customer' },
        { from: 'contracts', to: 'customer' },
      ],
    },
    fields: {},
    example: {
      file: {
        _id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c07',
        _schema: 'file',
        _title: 'zaehlerfoto.jpg',
        filename: 'zaehlerfoto.jpg',
        mime_type: 'image/jpeg',
      },
      customer: EXAMPLE_CUSTOMER,
    },
  },
];
