import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { renderValue, upstreamRefusal } from '../../../third-party/index.ts';
import { type HookAnswer, resolvedMember } from '../engine/hook-engine.ts';
import type { Hook } from '../extensions/extension.ts';

/**
 * The default body of a check of identifiers: they are inserted as values, because what people type is no template. That goes for the names of schemas,
 * too: one that is no name is left out.
 */
export function identifiersBody(identifiers: Readonly<Record<string, unknown>>): JsonObject {
  const schemas = Object.keys(identifiers).filter((schema) => /^\w+$/.test(schema));
  return Object.fromEntries(schemas.map((schema) => [schema, `{{Identifiers.${schema}}}`]));
}

/**
 * The ids a check has found: by `resolved.result`, the older `call.result`, or the usual members of the body (portal §9.4); lists may be written
 * with commas. @throws Refusal 500 `UPSTREAM_INVALID_RESPONSE` when there is none
 */
export function identifiedIds(hook: Hook, { data, variables }: HookAnswer): string[] {
  const older = asObject(hook.definition['call'])['result'];
  const configured =
    resolvedMember(hook, 'result', variables) ?? (older ? renderValue(older, variables) : undefined);
  const body = asObject(data);
  const found = configured ?? body['contact_id'] ?? body['contactId'] ?? body['id'];
  const listed: unknown[] = Array.isArray(found) ? found : String(found ?? '').split(',');
  const ids = listed.map((id) => String(id).trim()).filter((id) => id !== '');
  if (ids.length === 0) throw upstreamRefusal('UPSTREAM_INVALID_RESPONSE');
  return ids;
}
