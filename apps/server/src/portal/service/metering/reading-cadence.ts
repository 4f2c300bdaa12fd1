import { Refusal } from '../../../refusal.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { judgeCadence, portalChanges, readEditRules } from '../../entities/index.ts';

/** The attribute that limits how often meters are read, and under which accepted readings are remembered per counter. */
export const READING_ATTRIBUTE = 'meter_counter';

/**
 * Holds a reading against the portal's cadence rule for `contract.meter_counter`: so many readings of a counter per period (spec/portal.md
 * §5.7, special use).
 * @param counterId the counter, or the meter of a reading without one
 * @throws Refusal 403 with `failed_rule` and `next_allowed_at`
 */
export async function requireReadingCadence(
  access: PortalAccess,
  queries: TenantQueries,
  counterId: string,
  now: Date,
): Promise<void> {
  const rules = readEditRules(access.portal.config['entity_edit_rules']).filter(
    ({ slug, attribute, type }) =>
      slug === 'contract' && attribute === READING_ATTRIBUTE && type === 'cadence',
  );
  if (rules.length === 0) return;
  const history = await portalChanges(queries, counterId, READING_ATTRIBUTE);
  for (const rule of rules) {
    const cadence = judgeCadence(rule, history, now);
    if (!cadence.isBlocked) continue;
    throw new Refusal(403, 'ENTITY_EDIT_RULE', 'This counter has been read often enough for now', {
      reason: 'ENTITY_EDIT_RULE',
      members: { failed_rule: rule.configured, next_allowed_at: cadence.nextAllowedAt.toISOString() },
    });
  }
}
