import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import type { Problem } from '../../../refusal.ts';
import type { HookType } from './extension.ts';

/** What a setting of a hook may be: one of some words, or `true` and `false`. */
type Choice = readonly string[] | 'boolean';

/** The settings of hook types (contract schemas `ExtensionHook…`). A word that is none of these would mean the default, such as deleting at once. */
const SETTINGS: Readonly<Partial<Record<HookType, Readonly<Record<string, Choice>>>>> = {
  contractIdentification: {
    assignment_mode: ['contracts', 'contact_to_contracts', 'contact_to_portal_user'],
  },
  meterReadingPlausibilityCheck: { plausibility_mode: ['check', 'range'] },
  changeEmail: { change_mode: ['synchronous', 'asynchronous'], require_password_confirmation: 'boolean' },
  changePassword: { require_new_password: 'boolean' },
  deleteAccount: { deletion_mode: ['synchronous', 'asynchronous'], delete_contact: ['none', 'soft', 'hard'] },
};
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];

/** What is wrong with the settings of a hook and with how it makes its requests. `path` is where the hook stands. */
export function hookSettingProblems(hook: JsonObject, path: string): Problem[] {
  const known: ReadonlyMap<unknown, Readonly<Record<string, Choice>>> = new Map(Object.entries(SETTINGS));
  const settings = Object.entries(known.get(hook['type']) ?? {});
  return [
    ...settings.flatMap(([name, choice]) => choiceProblems(hook[name], choice, `${path}.${name}`)),
    ...methodProblems(hook['call'], `${path}.call`),
    ...methodProblems(hook['auth'], `${path}.auth`),
    ...cacheProblems(asObject(hook['auth'])['cache'], `${path}.auth.cache`),
  ];
}

function choiceProblems(value: unknown, choice: Choice, path: string): Problem[] {
  if (value === undefined) return [];
  if (choice === 'boolean')
    return typeof value === 'boolean' ? [] : [{ path, message: 'must be true or false' }];
  return choice.some((one) => one === value)
    ? []
    : [{ path, message: `must be one of ${choice.join(', ')}` }];
}

function methodProblems(request: unknown, path: string): Problem[] {
  const { method } = asObject(request);
  if (method === undefined || METHODS.includes(String(method).toUpperCase())) return [];
  return [{ path: `${path}.method`, message: `must be one of ${METHODS.join(', ')}` }];
}

function cacheProblems(cache: unknown, path: string): Problem[] {
  if (cache === undefined) return [];
  const { key, ttl } = asObject(cache);
  return [
    ...(typeof key === 'string' && key !== '' ? [] : [{ path: `${path}.key`, message: 'is required' }]),
    ...(typeof ttl === 'number' || (typeof ttl === 'string' && ttl !== '')
      ? []
      : [{ path: `${path}.ttl`, message: 'is required' }]),
  ];
}
