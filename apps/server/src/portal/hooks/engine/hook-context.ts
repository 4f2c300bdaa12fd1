import { type Entity, entityDocument, findEntity, schemasOf } from '../../../entities/index.ts';
import type { SecretBox } from '../../../ports/index.ts';
import type { Tenant } from '../../../storage/index.ts';
import { configuredVariables, type Variables } from '../../../third-party/index.ts';
import { readExtensionOptions } from '../../config/index.ts';
import { type Extension, objectsOf } from '../extensions/extension.ts';

/** On whose behalf a hook runs and what it may name. */
export interface HookSituation {
  readonly tenant: Tenant;
  readonly portalId: string;
  /** Missing while somebody registers. */
  readonly portalUserId?: string | undefined;
  readonly contactId?: string | undefined;
  /** Further entities, already judged readable. */
  readonly entities?: readonly Entity[] | undefined;
  /** What the hook type adds: `Scope`, `Identifiers`, `Input` and so on. */
  readonly inputs?: Variables | undefined;
}

/** The variables of a template of an extension (portal §9.2 step 2). Secrets are in clear here; never log or answer them. */
export async function hookVariables(
  secrets: SecretBox,
  extension: Extension,
  template: unknown,
  situation: HookSituation,
): Promise<Variables> {
  const { tenant, portalId, portalUserId, contactId, entities = [], inputs } = situation;
  const stored = (await readExtensionOptions(tenant, secrets, portalId))[extension.id] ?? {};
  const defaults = objectsOf(extension.definition['options'])
    .filter((option) => typeof option['default'] === 'string')
    .map((option) => [String(option['id']), String(option['default'])]);
  const options: Record<string, string> = { ...Object.fromEntries(defaults), ...stored };
  const user = portalUserId && (await findEntity(tenant, portalUserId, 'portal_user'));
  const contact = contactId && (await findEntity(tenant, contactId, 'contact'));
  const schemas = await schemasOf(tenant);
  const whole = (entity: Entity) => entityDocument(entity, schemas);
  return {
    ...Object.fromEntries(entities.map((entity) => [variableName(entity.schema), whole(entity)])),
    ...(contact ? { Contact: whole(contact) } : {}),
    ...(user ? { PortalUser: whole(user) } : {}),
    ...inputs,
    ...(await configuredVariables(tenant, secrets, template, options)),
  };
}

/** `billing_account` -> `BillingAccount`. */
function variableName(slug: string): string {
  return slug
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
