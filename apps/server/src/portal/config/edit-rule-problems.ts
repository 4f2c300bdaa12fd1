import { asObject } from '../../contract/json-object.ts';
import type { Problem } from '../../refusal.ts';

/** `10%`, `25` or `2,5` (portal §5.7). */
const LIMIT = /^\d+(?:[.,]\d+)?\s*%?$/;
const RULE_TYPES = new Set(['cadence', 'relative_to_current_value', 'days_before_date', 'overdue_payments']);

/** What is wrong with the edit rules of a portal: a rule that does not parse must not be saved, because it would be skipped or misread later (portal §5.7). */
export function editRuleProblems(rules: unknown): Problem[] {
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: unknown, at) =>
    problemsOf(asObject(rule)).map(({ path, message }) => ({
      path: `body.entity_edit_rules[${at}].${path}`,
      message,
    })),
  );
}

function problemsOf(rule: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  for (const member of ['slug', 'attribute', 'rule_type'] as const) {
    if (typeof rule[member] !== 'string' || rule[member] === '') {
      problems.push({ path: member, message: 'is required' });
    }
  }
  if (typeof rule['rule_type'] === 'string' && !RULE_TYPES.has(rule['rule_type'])) {
    problems.push({ path: 'rule_type', message: `must be one of ${[...RULE_TYPES].join(', ')}` });
  }
  for (const member of ['allowed_increment', 'allowed_decrement'] as const) {
    const limit = rule[member];
    if (limit !== undefined && (typeof limit !== 'string' || !LIMIT.test(limit.trim()))) {
      problems.push({ path: member, message: 'must be a number or a percentage, such as 25 or 10%' });
    }
  }
  problems.push(...wholeNumber(rule, 'cadence_period', 1));
  problems.push(...wholeNumber(rule, 'changes_allowed', 0));
  problems.push(...wholeNumber(rule, 'grace_period', 0));
  problems.push(...wholeNumber(rule, 'number_of_days_before_restriction', 0));
  if (rule['rule_type'] === 'days_before_date' && rule['number_of_days_before_restriction'] === undefined) {
    problems.push({ path: 'number_of_days_before_restriction', message: 'is required' });
  }
  return problems;
}

function wholeNumber(rule: Readonly<Record<string, unknown>>, member: string, least: number): Problem[] {
  const value = rule[member];
  if (value === undefined || value === null) return [];
  const isFine = typeof value === 'number' && Number.isInteger(value) && value >= least;
  return isFine ? [] : [{ path: member, message: `must be a whole number of at least ${least}` }];
}
