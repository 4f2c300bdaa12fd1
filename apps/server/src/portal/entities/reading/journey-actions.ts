import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { type Document, isDocument } from '../../../entities/index.ts';

/**
 * The journeys a portal offers for an entity: entries of `entity_actions` for its schema whose rules all hold (spec/portal.md §3.14). Rules
 * look at what the user sees, so that an action never tells a hidden value.
 * @param shown the entity's visible JSON
 */
export function journeyActions(configured: unknown, slug: string, shown: Document): JsonObject[] {
  if (!Array.isArray(configured)) return [];
  return configured.map(asObject).flatMap((action) => {
    const rules = Array.isArray(action['rules']) ? action['rules'].map(asObject) : [];
    if (action['slug'] !== slug || !rules.every((rule) => holds(rule, slug, shown))) return [];
    return [
      {
        journey_id: action['journey_id'] ?? null,
        action_label: action['action_label'] ?? action['action_Label'] ?? null,
        slug,
        rules,
      },
    ];
  });
}

/** A rule without an attribute holds; one on another schema does not. */
function holds(rule: JsonObject, slug: string, shown: Document): boolean {
  const { entity, attribute, attribute_value: wanted } = rule;
  if (typeof attribute !== 'string' || attribute === '') return true;
  if (typeof entity === 'string' && entity !== '' && entity !== slug) return false;
  return valuesAt(shown, attribute.split('.')).some((value) => String(value) === String(wanted ?? ''));
}

/** The scalar values at a path; lists on the way are looked through. */
function valuesAt(value: unknown, steps: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => valuesAt(item, steps));
  const [step, ...rest] = steps;
  if (step === undefined) return [value];
  return isDocument(value) && Object.hasOwn(value, step) ? valuesAt(value[step], rest) : [];
}
