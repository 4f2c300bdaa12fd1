import {
  type AllowedRange,
  allowedRanges,
  type PreparedReading,
  type Reading,
} from '../../../metering/index.ts';
import { Refusal } from '../../../refusal.ts';
import type { PlausibilityHook, ReadingQuestion, ReadingVerdict } from './plausibility-hook.ts';

/**
 * Asks the portal's third party about a reading that nothing of our own speaks against (spec/portal.md §8.1 step 9), and answers the status it
 * is stored with: `valid`, `implausible` when the customer insists, `in-validation` when the third party cannot be asked.
 * @throws Refusal 400 with the reason `plausibility_check_failed`, `lower_limit` and `upper_limit`, unless the customer insists
 */
export async function judgePlausibility(
  hook: PlausibilityHook,
  question: ReadingQuestion,
  prepared: PreparedReading,
  insists: boolean,
): Promise<Reading['status']> {
  const mode = await hook.modeOf(question.access.portal, question.tenant);
  if (mode === undefined) return 'valid';
  const verdict = await ask(hook, mode, question, prepared);
  if (verdict === 'unknown') return 'in-validation';
  if (verdict.isPlausible) return 'valid';
  if (insists) return 'implausible';
  const own = await ownRange(question, prepared);
  throw new Refusal(400, 'PLAUSIBILITY_CHECK_FAILED', 'The value is not plausible', {
    reason: 'plausibility_check_failed',
    members: {
      lower_limit: verdict.lower ?? own?.min ?? 0,
      upper_limit: verdict.upper ?? own?.max ?? Number.MAX_SAFE_INTEGER,
    },
  });
}

async function ask(
  hook: PlausibilityHook,
  mode: 'check' | 'range',
  question: ReadingQuestion,
  prepared: PreparedReading,
): Promise<ReadingVerdict | 'unknown'> {
  try {
    return await (mode === 'check' ? hook.check(question) : withinLimits(hook, question, prepared));
  } catch (error) {
    // A reading must not be lost because somebody else's system is down.
    if (error instanceof Refusal && error.status >= 500) return 'unknown';
    throw error;
  }
}

async function withinLimits(
  hook: PlausibilityHook,
  question: ReadingQuestion,
  { timestamp, submitted: { value } }: PreparedReading,
): Promise<ReadingVerdict> {
  const { counter } = question;
  const all = await hook.limits({ ...question, counters: counter ? [counter] : [], timestamp });
  const limits = all.find(({ counterId }) => counterId === counter?.id);
  const [lower, upper] = [limits?.min ?? undefined, limits?.max ?? undefined];
  const isPlausible = (lower === undefined || value >= lower) && (upper === undefined || value <= upper);
  return { isPlausible, lower, upper };
}

/** What the neighbours and the counter's digits allow, for limits that the third party does not name. */
async function ownRange(
  { tenant, meter, counter }: ReadingQuestion,
  { timestamp, submitted }: PreparedReading,
): Promise<AllowedRange | undefined> {
  const ranges = await allowedRanges(tenant, meter.id, timestamp, submitted.reason ?? null);
  return ranges.find((range) => range.counter.id === counter?.id);
}
