import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { isEntityId } from '../../../entities/index.ts';
import type { Problem } from '../../../refusal.ts';
import { OWN_EXTENSION } from '../../own-data/index.ts';
import { HOOK_TYPES, objectsOf } from './extension.ts';
import { hookSettingProblems } from './hook-settings.ts';

const KNOWN_TYPES: ReadonlySet<unknown> = new Set(HOOK_TYPES);

/** What is wrong with the extensions an app defines (contract schema `Extension`); empty when nothing is. */
export function extensionProblems(extensions: readonly JsonObject[]): Problem[] {
  const problems = extensions.flatMap((extension, at) => {
    const path = `body.extensions[${at}]`;
    return [
      ...named(extension, path),
      ...(extension['id'] === OWN_EXTENSION ? [{ path: `${path}.id`, message: 'is reserved' }] : []),
      ...lists(extension, path),
      ...objectsOf(extension['options']).flatMap((option, n) =>
        optionProblems(option, `${path}.options[${n}]`),
      ),
      ...objectsOf(extension['links']).flatMap((link, n) => linkProblems(link, `${path}.links[${n}]`)),
      ...objectsOf(extension['hooks']).flatMap((hook, n) => hookProblems(hook, `${path}.hooks[${n}]`)),
    ];
  });
  return [...problems, ...repeated(extensions, 'body.extensions')];
}

function lists(extension: JsonObject, path: string): Problem[] {
  return ['options', 'links', 'hooks'].flatMap((name) => {
    const list = extension[name];
    if (list === undefined) return [];
    if (!Array.isArray(list)) return [{ path: `${path}.${name}`, message: 'must be a list' }];
    return repeated(list.map(asObject), `${path}.${name}`);
  });
}

function optionProblems(option: JsonObject, path: string): Problem[] {
  const isKind = option['type'] === 'text' || option['type'] === 'secret';
  return [
    ...named(option, path),
    ...(isKind ? [] : [{ path: `${path}.type`, message: 'must be text or secret' }]),
  ];
}

function linkProblems(link: JsonObject, path: string): Problem[] {
  return [
    ...named(link, path),
    ...(link['type'] === 'seamless' ? [] : [{ path: `${path}.type`, message: 'must be seamless' }]),
    ...withUrl(link['redirect'], `${path}.redirect`),
    ...(link['auth'] === undefined ? [] : withUrl(link['auth'], `${path}.auth`)),
  ];
}

function hookProblems(hook: JsonObject, path: string): Problem[] {
  return [
    ...identified(hook, path),
    ...(KNOWN_TYPES.has(hook['type']) ? [] : [{ path: `${path}.type`, message: 'is no hook type' }]),
    ...withUrl(hook['call'], `${path}.call`),
    ...(hook['auth'] === undefined ? [] : withUrl(hook['auth'], `${path}.auth`)),
    ...hookSettingProblems(hook, path),
    ...proxyProblems(hook, path),
  ];
}

/** Which proxy is meant is asked when the hook runs: an app is installed before or after the integration. */
function proxyProblems(hook: JsonObject, path: string): Problem[] {
  if (hook['secure_proxy'] === undefined) return [];
  const { integration_id: integrationId, use_case_slug: slug } = asObject(hook['secure_proxy']);
  return [
    ...(hook['use_static_ips'] === true
      ? [{ path: `${path}.secure_proxy`, message: 'excludes use_static_ips' }]
      : []),
    ...(isEntityId(integrationId)
      ? []
      : [{ path: `${path}.secure_proxy.integration_id`, message: 'must be the id of an integration' }]),
    ...(typeof slug === 'string' && slug !== ''
      ? []
      : [{ path: `${path}.secure_proxy.use_case_slug`, message: 'is required' }]),
  ];
}

function identified({ id }: JsonObject, path: string): Problem[] {
  return typeof id === 'string' && id !== '' ? [] : [{ path: `${path}.id`, message: 'is required' }];
}

function named(thing: JsonObject, path: string): Problem[] {
  const hasName = typeof asObject(thing['name'])['en'] === 'string';
  return [
    ...identified(thing, path),
    ...(hasName ? [] : [{ path: `${path}.name.en`, message: 'is required' }]),
  ];
}

function withUrl(request: unknown, path: string): Problem[] {
  return typeof asObject(request)['url'] === 'string'
    ? []
    : [{ path: `${path}.url`, message: 'is required' }];
}

function repeated(things: readonly JsonObject[], path: string): Problem[] {
  const ids = things.map(({ id }) => id);
  return ids.flatMap((id, at) =>
    ids.indexOf(id) < at ? [{ path: `${path}[${at}].id`, message: 'is used twice' }] : [],
  );
}
