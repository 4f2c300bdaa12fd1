import { describe, expect, it } from 'vitest';
import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { loadContract } from '../../contract/openapi-document.ts';
import { withDefaults } from './config-defaults.ts';
import { ADMIN_FIELDS, PUBLIC_FIELDS, USER_FIELDS } from './config-fields.ts';

const { components } = await loadContract('customer-portal');

/** Fields that have rules of their own: read-only, secret, or kept by another part. */
const SPECIAL = [
  ...['enabled', 'accessToken', 'cognito_details', 'extensions', 'identity_providers', 'pages'],
  ...['portal_id', 'origin', 'portal_sk_v3', 'is_v3_item', 'published_revision_id'],
];

/** The properties of a schema and of what it is composed of. */
function propertiesOf(name: string): string[] {
  const collect = (schema: JsonObject): string[] => [
    ...Object.keys(asObject(schema['properties'])),
    ...(Array.isArray(schema['allOf']) ? schema['allOf'] : []).flatMap((part: unknown) => {
      const reference = asObject(part)['$ref'];
      return typeof reference === 'string'
        ? propertiesOf(reference.split('/').at(-1) ?? '')
        : collect(asObject(part));
    }),
  ];
  return collect(asObject(components[name]));
}

describe('the fields of a configuration', () => {
  it.each(['UpsertPortalConfig', 'UpsertPortalConfigV3'])('are all kept that %s has', (name) => {
    const known = new Set<string>([...ADMIN_FIELDS, ...SPECIAL]);
    expect(propertiesOf(name).length).toBeGreaterThan(40);
    expect(propertiesOf(name).filter((field) => !known.has(field))).toEqual([]);
  });

  it('grow from audience to audience', () => {
    expect(USER_FIELDS).toEqual(expect.arrayContaining([...PUBLIC_FIELDS]));
    expect(ADMIN_FIELDS).toEqual(expect.arrayContaining([...USER_FIELDS]));
    expect(new Set(ADMIN_FIELDS).size).toBe(ADMIN_FIELDS.length);
  });
});

describe('defaults', () => {
  it('give way to what is saved', () => {
    expect(withDefaults({})).toMatchObject({
      registration_identifiers: [{ name: 'email', schema: 'contact' }],
      contract_identifiers: [],
    });
    expect(withDefaults({ meter_reading_grace_period: 3 })['meter_reading_grace_period']).toBe(3);
    expect(withDefaults({ feature_settings: { billing: true } })['feature_settings']).toMatchObject({
      billing: true,
      start_page: false,
    });
  });

  it('come from the deprecated identifiers where the new ones were never set', () => {
    const former = {
      contact_identifiers: ['email', 'last_name'],
      entity_identifiers: {
        contract: { isEnabled: true, attributes: ['contract_number'] },
        meter: { isEnabled: false, attributes: ['ma_lo_id'] },
      },
    };
    expect(withDefaults(former)).toMatchObject({
      registration_identifiers: [
        { name: 'email', schema: 'contact' },
        { name: 'last_name', schema: 'contact' },
      ],
      contract_identifiers: [{ name: 'contract_number', schema: 'contract' }],
    });
    const both = { ...former, registration_identifiers: [], contract_identifiers: [] };
    expect(withDefaults(both)).toMatchObject({ registration_identifiers: [], contract_identifiers: [] });
  });
});
