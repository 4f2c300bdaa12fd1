/** Names and labels of what portal users can be granted beyond a schema's attributes (portal §3.4). */
const LABELS = {
  _files: 'Files',
  '_acl.view': 'Visibility',
  workflows: 'Workflows',
  line_items: 'Line items',
  products: 'Products',
  items: 'Orders',
  last_reading: 'Last reading',
  current_consumption: 'Current consumption',
} as const;

const EXTRA_ATTRIBUTES = {
  contact: ['_files', '_acl.view'],
  contract: ['_files', '_acl.view', 'workflows', 'line_items'],
  order: ['_files', 'workflows', 'line_items', 'products'],
  opportunity: ['_files', '_acl.view', 'workflows', 'items'],
  meter: ['last_reading', 'current_consumption'],
  meter_counter: ['last_reading', 'current_consumption'],
} as const satisfies Record<string, readonly (keyof typeof LABELS)[]>;

/** The pseudo attributes of the permission editor, by schema, as `{name, label, group}`. */
export function extraPermissionAttributes(): Record<
  string,
  { name: string; label: string; group: string }[]
> {
  return Object.fromEntries(
    Object.entries(EXTRA_ATTRIBUTES).map(([schema, names]) => [
      schema,
      names.map((name) => ({ name, label: LABELS[name], group: 'General Details' })),
    ]),
  );
}
