/** A portal of the demo utility. */
export interface DemoPortal {
  /** The body of `createPortalConfig`. */
  readonly config: { readonly origin: string; readonly [member: string]: unknown };
  /** What its users may do besides what every new portal grants. */
  readonly grants: readonly { readonly action: string; readonly resource: string }[];
}

function edit(schema: string, ...attributes: readonly string[]): DemoPortal['grants'] {
  return [
    { action: 'entity:edit', resource: `${schema}:*` },
    ...attributes.map((name) => ({ action: 'entity:attribute:edit', resource: `${schema}:*:${name}` })),
  ];
}

/** Customers move house with the utility's approval, add contracts, answer offers, and choose the day they pay. */
export const CUSTOMER_PORTAL: DemoPortal = {
  config: {
    origin: 'END_CUSTOMER_PORTAL',
    name: 'Mein Stadtwerk',
    enabled: true,
    domain: 'mein.stadtwerke-musterstadt.example',
    feature_settings: { start_page: true, billing: true, change_due_date: true },
    approval_state_attributes: { contact: ['address'] },
    contract_identifiers: [
      { schema: 'contract', name: 'contract_number' },
      { schema: 'meter', name: 'meter_number' },
    ],
    allowed_portal_entities: [
      ...['contact', 'account', 'contract', 'billing_account', 'billing_event', 'meter', 'meter_counter'],
      ...['order', 'opportunity', 'product', 'price', 'file'],
    ],
  },
  grants: [...edit('contract', 'billing_due_day', 'installment_amount'), ...edit('order')],
};

/** Installers complete the technical data of the projects they work on. */
export const INSTALLER_PORTAL: DemoPortal = {
  config: {
    origin: 'INSTALLER_PORTAL',
    name: 'Installateurportal',
    enabled: true,
    domain: 'installateure.stadtwerke-musterstadt.example',
    allowed_portal_entities: ['contact', 'opportunity', 'order', 'meter', 'file'],
  },
  grants: edit('opportunity', 'pv_module_count', 'pv_peak_power', 'pv_inverter'),
};
