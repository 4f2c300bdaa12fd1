import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import type { EntitySchema } from '../../../entities/index.ts';

type RuleType = 'cadence' | 'relative_to_current_value' | 'days_before_date' | 'overdue_payments';

/** One rule of a portal's configuration (contract schema `EntityEditRule`), with the defaults of spec/portal.md §5.7. */
export interface EditRule {
  readonly slug: string;
  readonly attribute: string;
  readonly type: RuleType;
  readonly periodType: PeriodType;
  readonly period: number;
  readonly changesAllowed: number;
  /** Days. */
  readonly gracePeriod: number;
  /** `10%`, `25` or `2,5`; undefined: that direction is free. */
  readonly allowedIncrement: string | undefined;
  readonly allowedDecrement: string | undefined;
  readonly daysBeforeRestriction: number;
  /** As configured, for the answer to the client. */
  readonly configured: JsonObject;
}

const PERIODS = ['minutes', 'hours', 'days', 'weeks', 'months', 'years'] as const;
export type PeriodType = (typeof PERIODS)[number];
const TYPES = ['cadence', 'relative_to_current_value', 'days_before_date', 'overdue_payments'] as const;

/** The rules of a portal in their order. What cannot be read is no rule: saving refuses it. */
export function readEditRules(configured: unknown): EditRule[] {
  if (!Array.isArray(configured)) return [];
  return configured.flatMap((value: unknown) => {
    const rule = asObject(value);
    const { slug, attribute, rule_type: written } = rule;
    const type = TYPES.find((known) => known === written);
    if (typeof slug !== 'string' || typeof attribute !== 'string' || !type) return [];
    return [
      {
        slug,
        attribute,
        type,
        periodType:
          PERIODS.find((known) => singular(known) === singular(rule['cadence_period_type'])) ?? 'days',
        period: count(rule['cadence_period'], 1),
        changesAllowed: count(rule['changes_allowed'], 1),
        gracePeriod: count(rule['grace_period'], 0),
        allowedIncrement: limit(rule['allowed_increment']),
        allowedDecrement: limit(rule['allowed_decrement']),
        daysBeforeRestriction: count(rule['number_of_days_before_restriction'], 0),
        configured: rule,
      },
    ];
  });
}

/** The rules of one schema in their order. `<amount>_decimal` and `<amount>_currency` count as the amount (spec/portal.md §5.7). */
export function editRulesOf(configured: unknown, schema: EntitySchema): EditRule[] {
  return readEditRules(configured)
    .filter(({ slug }) => slug === schema.slug)
    .map((rule) => ({ ...rule, attribute: schema.owningAttribute(rule.attribute) }));
}

/** `Day`, `days` and `day` are the same. */
function singular(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase().replace(/s$/, '') : '';
}

function count(value: unknown, missing: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : missing;
}

function limit(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
