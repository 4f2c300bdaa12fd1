import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { invalid, notFound } from '../../../refusal.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import { OWN_EXTENSION, ownExtension } from '../../own-data/index.ts';
import { type Extension, type Hook, type HookType, hooksOf, objectsOf } from './extension.ts';
import { listExtensions } from './extension-store.ts';

/** What choosing a hook needs of a portal: its configuration. */
export interface HookedPortal {
  readonly config: JsonObject;
}

/** Hook types of which a portal has at most one, named in `extension_hooks` (portal §9.1). */
export type ExclusiveHookType = Extract<
  HookType,
  | 'registrationIdentifiersCheck'
  | 'contractIdentification'
  | 'meterReadingPlausibilityCheck'
  | 'changeEmail'
  | 'changePassword'
  | 'deleteAccount'
>;

/** The installed extensions that a portal has switched on. */
export async function enabledExtensions(
  queries: TenantQueries,
  { config }: HookedPortal,
): Promise<Extension[]> {
  const enabled = objectsOf(config['extensions']).filter(({ status }) => status === 'enabled');
  if (enabled.length === 0) return [];
  const ids = new Set(enabled.map(({ id }) => id));
  return (await listExtensions(queries)).filter(({ id }) => ids.has(id));
}

/** The hook a portal has chosen for an exclusive type, among its enabled extensions; undefined when it has none. */
export function chosenHook(
  { config }: HookedPortal,
  enabled: readonly Extension[],
  type: ExclusiveHookType,
): Hook | undefined {
  const chosen = asObject(asObject(config['extension_hooks'])[type]);
  const extension = enabled.find(
    ({ id, appId }) => id === chosen['extension_id'] && appId === chosen['app_id'],
  );
  return extension && hooksOf(extension, type).find(({ id }) => id === chosen['hook_id']);
}

/** `chosenHook`, asked of the store; without a statement when the portal has chosen none. */
export async function findChosenHook(
  queries: TenantQueries,
  portal: HookedPortal,
  type: ExclusiveHookType,
): Promise<Hook | undefined> {
  if (!isHookChosen(portal, type)) return undefined;
  return chosenHook(portal, await enabledExtensions(queries, portal), type);
}

/** Whether the configuration names a hook for an exclusive type. */
export function isHookChosen({ config }: HookedPortal, type: ExclusiveHookType): boolean {
  return typeof asObject(asObject(config['extension_hooks'])[type])['hook_id'] === 'string';
}

/** How a request names an extension. */
export interface ExtensionQuestion {
  readonly appId: string | undefined;
  readonly extensionId: string;
}

/** An enabled extension by its id, or the one every portal has. @throws Refusal 404 when the portal has no such one */
export async function requireExtension(
  queries: TenantQueries,
  portal: HookedPortal,
  { appId, extensionId }: ExtensionQuestion,
): Promise<Extension> {
  const isOwn = extensionId === OWN_EXTENSION;
  const extensions = isOwn ? [ownExtension] : await enabledExtensions(queries, portal);
  const extension = extensions.find(
    ({ id, appId: app }) => id === extensionId && (appId === undefined || app === appId),
  );
  if (!extension) throw notFound('The extension', 'EXTENSION_NOT_FOUND');
  return extension;
}

/**
 * The hook of a type that a request names, or the only one when it names none (portal §9.2).
 * @throws Refusal 404 when there is none, 400 when there are several and none is named
 */
export async function requireHook(
  queries: TenantQueries,
  portal: HookedPortal,
  type: HookType,
  question: ExtensionQuestion & { readonly hookId: string | undefined },
): Promise<Hook> {
  const all = hooksOf(await requireExtension(queries, portal, question), type);
  const { hookId } = question;
  const matching = hookId === undefined ? all : all.filter(({ id }) => id === hookId);
  const [hook, another] = matching;
  if (!hook) throw notFound('The hook', 'HOOK_NOT_FOUND');
  if (another)
    throw invalid({ path: 'query.hookId', message: 'is required: the extension has several hooks' });
  return hook;
}
