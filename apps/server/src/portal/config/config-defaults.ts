import { asObject, type JsonObject } from '../../contract/json-object.ts';

/** Extensions that customers may upload when the portal names none (portal §3.2); lower case, without dot. */
const FILE_EXTENSIONS = {
  document: ['pdf', 'doc', 'docx', 'odt', 'rtf', 'txt'],
  image: ['jpg', 'jpeg', 'png', 'gif', 'webp', 'heic', 'heif', 'bmp', 'tif', 'tiff'],
  spreadsheet: ['xls', 'xlsx', 'ods', 'csv'],
  presentation: ['ppt', 'pptx', 'odp'],
  audioVideo: ['mp3', 'wav', 'mp4', 'mov', 'avi', 'mkv'],
  email: ['eml', 'msg'],
  archive: ['zip'],
  cad: ['dwg', 'dxf'],
  calendar: ['ics'],
  other: [],
};

const DEFAULTS: JsonObject = {
  name: '',
  self_registration_setting: 'ALLOW_WITH_CONTACT_CREATION',
  self_registration_entity: 'contact',
  self_registration_account_setting: 'ALLOW_WITH_CREATION',
  block_registration_if_portal_user_exists: false,
  contact_identifiers_for_account: [],
  additional_contact_attributes: [],
  user_account_self_management: false,
  feature_settings: { start_page: false, billing: false, change_due_date: false, new_design: false },
  auth_settings: { entry_point: 'PASSWORD' },
  advanced_mfa: { enabled: false },
  config: '{}',
  approval_state_attributes: {},
  email_templates: {},
  images: {},
  contract_selector_config: {},
  triggered_journeys: [],
  entity_edit_rules: [],
  entity_actions: [],
  allowed_file_extensions: FILE_EXTENSIONS,
  prevent_search_engine_indexing: true,
  meter_reading_grace_period: 0,
  inactive_contract_cutoff_years: 0,
  is_dummy: false,
  extensions: [],
  extension_hooks: {},
  default_user_to_notify: { onPendingUser: [] },
};

/**
 * A saved configuration with the defaults of portal §3.2. The deprecated `contact_identifiers` and `entity_identifiers` stand in where the
 * identifiers that replaced them were never set (portal §14).
 */
export function withDefaults(saved: JsonObject): JsonObject {
  const former = saved['contact_identifiers'];
  const identifiers =
    Array.isArray(former) && former.length > 0
      ? former.map((name: unknown) => ({ name, schema: 'contact' }))
      : [{ name: 'email', schema: 'contact' }];
  const contractIdentifiers = formerContractIdentifiers(saved['entity_identifiers']);
  const features = { ...asObject(DEFAULTS['feature_settings']), ...asObject(saved['feature_settings']) };
  return {
    ...DEFAULTS,
    registration_identifiers: identifiers,
    contract_identifiers: contractIdentifiers,
    ...saved,
    feature_settings: features,
  };
}

/** `{<schema>: {isEnabled, attributes}}`; the contract's own example calls the schema `type` and means contracts. */
function formerContractIdentifiers(value: unknown): JsonObject[] {
  return Object.entries(asObject(value)).flatMap(([key, setting]) => {
    const { isEnabled, attributes } = asObject(setting);
    if (isEnabled !== true || !Array.isArray(attributes)) return [];
    return attributes.map((name: unknown) => ({ name, schema: key === 'type' ? 'contract' : key }));
  });
}
