import { type Entity, findEntity, toWire } from '../../../entities/index.ts';
import { resolveEnvironment } from '../../../environments/index.ts';
import type { SecretBox } from '../../../ports/index.ts';
import type { Tenant } from '../../../storage/index.ts';
import { readExtensionOptions } from '../../config/index.ts';
import { type Extension, objectsOf } from '../extensions/extension.ts';
import { environmentKeys, renderText, type Variables } from './interpolate.ts';

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
  const env = new Map<string, string>();
  for (const key of environmentKeys([template, options])) {
    const found = await resolveEnvironment(tenant, secrets, key);
    if (found) env.set(key, found.text);
  }
  const user = portalUserId && (await findEntity(tenant, portalUserId, 'portal_user'));
  const contact = contactId && (await findEntity(tenant, contactId, 'contact'));
  return {
    ...Object.fromEntries(entities.map((entity) => [variableName(entity.schema), toWire(entity)])),
    ...(contact ? { Contact: toWire(contact) } : {}),
    ...(user ? { PortalUser: toWire(user) } : {}),
    ...inputs,
    Options: Object.fromEntries(
      // The values of options may be references to the environment; nothing else in them is a template.
      Object.entries(options).map(([id, value]) => [
        id,
        /^\{\{\s*env\.[\w.-]+\s*\}\}$/.test(value) ? renderText(value, { env }) : value,
      ]),
    ),
    env,
  };
}

/** `billing_account` -> `BillingAccount`. */
function variableName(slug: string): string {
  return slug
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
