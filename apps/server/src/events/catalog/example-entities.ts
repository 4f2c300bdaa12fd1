/** Entities of the utility in the examples, short but complete enough to try a mapping on. */
export const EXAMPLE_CUSTOMER = {
  _id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c01',
  _schema: 'contact',
  _title: 'Gesine Harms',
  customer_number: '1000004711',
  first_name: 'Gesine',
  last_name: 'Harms',
  email: [{ email: 'gesine.harms@example.org' }],
};

export const EXAMPLE_CONTRACT = {
  _id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c02',
  _schema: 'contract',
  _title: 'Strom Musterstadt',
  contract_number: 'V-2024-00815',
  contract_name: 'Strom Musterstadt',
  branch: 'power',
  status: 'active',
  installment_amount: 8500,
  installment_amount_currency: 'EUR',
  installment_amount_decimal: '85.00',
};

export const EXAMPLE_BILLING_ACCOUNT = {
  _id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c03',
  _schema: 'billing_account',
  _title: '000200004711',
  billing_account_number: '000200004711',
  payment_method: [{ type: 'payment_invoice' }],
  billing_address: { street: 'Deichstraße', street_number: '4', postal_code: '26999', city: 'Musterstadt' },
};

export const EXAMPLE_METER = {
  _id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c04',
  _schema: 'meter',
  _title: '1EMH0012345678',
  meter_number: '1EMH0012345678',
  ma_lo_id: '51238696782',
};

export const EXAMPLE_PORTAL_USER = {
  _id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c05',
  _schema: 'portal_user',
  _title: 'gesine.harms@example.org',
};

export const EXAMPLE_READING = {
  counter_id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c06',
  counter_external_id: '1EMH0012345678-1',
  obis_number: '1-0:1.8.0',
  value: 10423.5,
  unit: 'kWh',
  direction: 'feed-out',
};
