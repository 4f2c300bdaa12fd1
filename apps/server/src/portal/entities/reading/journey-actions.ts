import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import type { Document } from '../../../entities/index.ts';
import { rulesHold } from '../../config/index.ts';

/**
 * The journeys a portal offers for an entity: entries of `entity_actions` for its schema whose rules all hold (spec/portal.md §3.14). Rules
 * look at what the user sees, so that an action never tells a hidden value.
 * @param shown the entity's visible JSON
 */
export function journeyActions(configured: unknown, slug: string, shown: Document): JsonObject[] {
  if (!Array.isArray(configured)) return [];
  return configured.map(asObject).flatMap((action) => {
    const rules = Array.isArray(action['rules']) ? action['rules'] : [];
    if (action['slug'] !== slug || !rulesHold(rules, new Map([[slug, shown]]))) return [];
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
