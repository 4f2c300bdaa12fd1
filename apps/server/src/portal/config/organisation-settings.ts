import { asObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import type { ConfigPlatform } from './config-platform.ts';

/** The settings of the contract's `OrganizationSettings` (portal §3.4). */
const KEYS = [
  'automation_entity_mapping',
  'automation_preview',
  'central_inbox_preview_setting',
  'contracts_preview_setting',
  'disable_ivy',
  'double_opt_in',
  'ecommerce_catalog_preview',
  'ecommerce_opportunities_preview',
  'ecommerce_preview',
  'end_customer_portal',
  'installer_portal',
  'entity_schema_builder',
  'logic_editor_preview',
  'new_navigation',
  'partnering',
  'product-availability',
  'sso',
  'submission_preview',
  'user_roles_preview',
] as const;
/** Those that pages before sign-in need. */
const PUBLIC_KEYS = ['double_opt_in', 'end_customer_portal', 'installer_portal', 'sso'] as const;

/** Switches of the organisation that portals go by (portal §3.4). */
export function organisationSettingsOperations({
  identity,
  portals,
}: ConfigPlatform): Operations<'customer-portal'> {
  const read = async (org: string, keys: readonly string[]) => {
    const settings = await identity.organisations.settings(org);
    const isOn = (key: string) => settings[key] === true || asObject(settings[key])['enabled'] === true;
    return { data: Object.fromEntries(keys.map((key) => [key, { enabled: isOn(key) }])) };
  };
  return {
    getOrganizationSettings: (call) => read(call.tenant.org, KEYS),

    async getOrganizationSettingsByDomain(call) {
      const { org } = await portals.ofPublic({ domain: call.parameters.domain });
      return read(org, PUBLIC_KEYS);
    },
  };
}
