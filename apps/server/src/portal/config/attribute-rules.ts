import { asObject, type JsonObject } from '../../contract/json-object.ts';

/**
 * Whether all rules `{entity, attribute, attribute_value}` hold for the entities in context, by schema (portal §3.6, §3.14): the attribute must
 * equal the value as text, a list must contain it. A rule about an entity that is not in context does not hold; no rules always hold.
 */
export function rulesHold(rules: unknown, context: ReadonlyMap<string, JsonObject>): boolean {
  if (!Array.isArray(rules)) return true;
  return rules.map(asObject).every((rule) => ruleHolds(rule, context));
}

function ruleHolds(rule: JsonObject, context: ReadonlyMap<string, JsonObject>): boolean {
  const entity = context.get(String(rule['entity'] ?? ''));
  if (!entity) return false;
  const value = entity[String(rule['attribute'] ?? '')];
  const wanted = String(rule['attribute_value'] ?? '');
  return Array.isArray(value)
    ? value.some((item: unknown) => asText(item) === wanted)
    : asText(value) === wanted;
}

function asText(value: unknown): string | undefined {
  if (value === null || value === undefined || typeof value === 'object') return undefined;
  return String(value);
}
