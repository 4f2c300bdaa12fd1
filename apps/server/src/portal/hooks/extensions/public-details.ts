import type { JsonObject } from '../../../contract/json-object.ts';
import { ownExtension } from '../../own-data/index.ts';
import { chosenHook, type ExclusiveHookType, type HookedPortal } from './choose-hook.ts';
import { type Extension, type Hook, type HookType, hooksOf } from './extension.ts';

const DATA_TYPES: readonly HookType[] = [
  'consumptionDataRetrieval',
  'priceDataRetrieval',
  'costDataRetrieval',
  'dataExport',
];

/** What everybody may know of a portal's chosen hooks, besides their ids; anything else in a definition is the utility's own. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  contractIdentification: ['explanation'],
  meterReadingPlausibilityCheck: ['plausibility_mode'],
  changeEmail: ['id', 'change_mode', 'require_password_confirmation', 'explanation'],
  changePassword: ['id', 'require_new_password', 'explanation'],
  deleteAccount: ['id', 'explanation'],
};
const DATA_MEMBERS = ['id', 'name', 'intervals', 'block_types'];
const DEFAULTS: Readonly<Record<string, JsonObject>> = {
  meterReadingPlausibilityCheck: { plausibility_mode: 'check' },
  changeEmail: { change_mode: 'asynchronous', require_password_confirmation: true },
  changePassword: { require_new_password: false },
};
const EXCLUSIVE_TYPES: readonly ExclusiveHookType[] = [
  'contractIdentification',
  'meterReadingPlausibilityCheck',
  'changeEmail',
  'changePassword',
  'deleteAccount',
];

/**
 * The contract's `PublicExtensionCapabilities` of a portal: the active hooks, without addresses, headers or option values (portal §9.1). Where no
 * app answers for a type of data, the portal's own extension does.
 */
export function publicDetails(portal: HookedPortal, enabled: readonly Extension[]): JsonObject {
  const details: JsonObject = {};
  for (const type of DATA_TYPES) {
    const hooks = enabled.flatMap((extension) => hooksOf(extension, type));
    const offered = hooks.length > 0 ? hooks : hooksOf(ownExtension, type);
    details[type] = offered.map((hook) => described(hook, DATA_MEMBERS));
  }
  for (const type of EXCLUSIVE_TYPES) {
    const hook = chosenHook(portal, enabled, type);
    if (hook) details[type] = described(hook, SHOWN[type] ?? [], DEFAULTS[type]);
  }
  return details;
}

function described({ extension, definition }: Hook, members: readonly string[], defaults: JsonObject = {}) {
  const { app_name: appName, name } = extension.definition;
  const shown = members.filter((member) => definition[member] !== undefined);
  return {
    app: { app_id: extension.appId, name: { en: appName } },
    extension: { id: extension.id, name },
    hook: { ...defaults, ...Object.fromEntries(shown.map((member) => [member, definition[member]])) },
  };
}
