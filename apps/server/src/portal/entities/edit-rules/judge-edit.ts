import { type Cadence, judgeCadence } from './cadence.ts';
import type { EditRule } from './edit-rule.ts';
import { type DueDates, daysBetween, isFrozen } from './frozen-days.ts';
import { isWithinLimits } from './relative-limits.ts';

/** A value about to be written. */
export interface Edit {
  readonly attribute: string;
  /** The confirmed value, and the new one; undefined when only the rules that need no value are asked. */
  readonly values: { readonly from: unknown; readonly to: unknown; readonly minorDigits: number } | undefined;
}

/** What the rules look at; each is read once and only when a rule asks. */
export interface EditFacts {
  readonly now: Date;
  /** Today in the organisation's time zone. */
  readonly today: string;
  /** Instants of accepted portal changes of an attribute. */
  history(attribute: string): Promise<readonly Date[]>;
  dueDates(attribute: string): Promise<DueDates>;
  /** Due days of debit billing events that nobody has paid. */
  openDebits(): Promise<readonly string[]>;
}

/** The first rule that forbids the edits. */
export interface FailedRule {
  readonly rule: EditRule;
  readonly nextAllowedAt: Date | undefined;
}

/**
 * Runs the rules in configured order over the edits (spec/portal.md §5.7); the answer is the first that fails. Asking beforehand and writing
 * both come here, so that they agree.
 */
export async function firstFailedRule(
  rules: readonly EditRule[],
  edits: readonly Edit[],
  facts: EditFacts,
): Promise<FailedRule | undefined> {
  for (const rule of rules) {
    const edit = edits.find(({ attribute }) => attribute === rule.attribute);
    const verdict: Cadence | boolean = edit === undefined || (await judge(rule, edit, facts));
    if (verdict === true) continue;
    const nextAllowedAt = verdict !== false && verdict.isBlocked ? verdict.nextAllowedAt : undefined;
    return { rule, nextAllowedAt };
  }
  return undefined;
}

/** True when the rule lets the edit pass. */
async function judge(rule: EditRule, edit: Edit, facts: EditFacts): Promise<true | false | Cadence> {
  switch (rule.type) {
    case 'cadence': {
      const cadence = judgeCadence(rule, await facts.history(rule.attribute), facts.now);
      return cadence.isBlocked ? cadence : true;
    }
    case 'relative_to_current_value':
      return (
        edit.values === undefined ||
        isWithinLimits(rule, edit.values.from, edit.values.to, edit.values.minorDigits)
      );
    case 'days_before_date':
      return !isFrozen(rule.daysBeforeRestriction, await facts.dueDates(rule.attribute), facts.today);
    case 'overdue_payments':
      return !(await facts.openDebits()).some((due) => daysBetween(due, facts.today) > rule.gracePeriod);
  }
}
