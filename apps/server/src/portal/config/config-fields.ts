/** Who looks at a configuration (portal §2.4). */
export type Audience = 'public' | 'user' | 'admin';

/** Fields that anybody may see, also of a portal that is switched off: enough to draw a maintenance page. */
export const BRANDING_FIELDS = [
  'name',
  'domain',
  'epilot_domain',
  'is_epilot_domain',
  'domain_settings',
  'design_id',
  'images',
  'prevent_search_engine_indexing',
  'is_dummy',
] as const;

/** What the pages before sign-in need besides. */
export const PUBLIC_FIELDS = [
  ...BRANDING_FIELDS,
  'self_registration_setting',
  'self_registration_entity',
  'self_registration_account_setting',
  'block_registration_if_portal_user_exists',
  'registration_identifiers',
  'contact_identifiers',
  'contact_identifiers_for_account',
  'additional_contact_attributes',
  'user_account_self_management',
  'auth_settings',
  'advanced_mfa',
  'feature_settings',
  'config',
] as const;

/** What a signed-in portal user sees. */
export const USER_FIELDS = [
  ...PUBLIC_FIELDS,
  'entity_actions',
  'triggered_journeys',
  'allowed_portal_entities',
  'contract_identifiers',
  'entity_identifiers',
  'contract_selector_config',
  'entity_edit_rules',
  'allowed_file_extensions',
  'meter_reading_grace_period',
  'inactive_contract_cutoff_years',
  'approval_state_attributes',
  'global_blocks',
  'extension_hooks',
] as const;

/** Everything that is stored as it was sent. Fields with rules of their own (secrets, providers, the user pool, pages) are not listed. */
export const ADMIN_FIELDS = [
  ...USER_FIELDS,
  'default_user_to_notify',
  'email_templates',
  'notification_triggers',
  'engagement_center_enabled',
  'surfaces',
  'mobile_config',
] as const;

/** Fields that only the third generation of the contract has (portal §3.1). */
export const V3_ONLY_FIELDS: ReadonlySet<string> = new Set([
  'entity_actions',
  'extensions',
  'extension_hooks',
  'default_user_to_notify',
]);

/** Fields that swapping two portals leaves where they are (portal §3.12); secrets, providers and `enabled` stay as well. */
export const NEVER_SWAPPED: ReadonlySet<string> = new Set([
  'domain',
  'epilot_domain',
  'is_epilot_domain',
  'domain_settings',
  'cognito_details',
  'auth_settings',
  // It excludes passwordless login, which is part of the settings above.
  'advanced_mfa',
  'email_templates',
  'mobile_config',
]);
