import type { Evaluator } from '@busbar/jsonata';
import type { MappingPlan } from './compile-mapping.ts';
import { type EntityUpdate, runEntityMapping } from './rules/entity-mapping.ts';
import type { EntityPruneScope } from './rules/prune-scope.ts';
import { type ReadingUpdate, runReadingMapping } from './rules/reading-mapping.ts';
import type { ReadingPruneScope } from './rules/reading-prune-scope.ts';
import { Answers } from './run/answers.ts';
import { ENOUGH_ASKED } from './run/awaiting-answer.ts';
import type { MappingProblem } from './run/mapping-problem.ts';
import {
  type FileProxyContext,
  MappingRun,
  RunLimitReached,
  type SchemaAttributes,
} from './run/mapping-run.ts';

/** What mapping needs besides the payload; nothing here is I/O. */
export interface MappingOptions {
  /**
   * Evaluates expressions. It owns the limits in time: to give a whole event 10 s (spec ERP §2.4), hand in one that
   * throws `EXPRESSION_TIMEOUT` from then on.
   */
  readonly evaluator: Evaluator;
  /** The integration of the event; absent in simulations, where file proxy URLs are left out. */
  readonly integration?: FileProxyContext | undefined;
  /** Enables the warning about identifiers that the target schema does not define. */
  readonly schemaAttributes?: SchemaAttributes | undefined;
}

/**
 * What a payload maps to. Lists are in the order of spec ERP §6.1: mappings as configured, items as they came. Values
 * share structure with payload and plan: treat everything as frozen. `problems` lists whatever did not map as configured.
 */
export interface MappingResult {
  readonly entityUpdates: readonly EntityUpdate[];
  readonly readingUpdates: readonly ReadingUpdate[];
  readonly pruneScopes: readonly EntityPruneScope[];
  readonly readingPruneScopes: readonly ReadingPruneScope[];
  readonly problems: readonly MappingProblem[];
  /** Characters, as JSON and estimated, of all attributes: for callers that hold several results. */
  readonly size: number;
}

/**
 * Maps a parsed payload by a plan (spec ERP §6). Synchronous as long as the evaluator answers at once; otherwise a
 * promise, and the mapping is run again when the answers are there, all expressions of a round being evaluated together.
 * Failing expressions and unusable values are problems, not exceptions; what is beyond the limits of an event (see
 * mapping-run.ts) gives no update at all and the single error `PAYLOAD_TOO_LARGE`.
 */
export function mapPayload(
  plan: MappingPlan,
  payload: unknown,
  options: MappingOptions,
): MappingResult | Promise<MappingResult> {
  const answers = new Answers(options.evaluator);
  const result = runRound(plan, payload, options, answers);
  return answers.incomplete ? runUntilComplete(plan, payload, options, answers) : result;
}

/** Every round answers at least one expression it did not know, and there are finitely many. */
async function runUntilComplete(
  plan: MappingPlan,
  payload: unknown,
  options: MappingOptions,
  answers: Answers,
): Promise<MappingResult> {
  for (;;) {
    await answers.settle();
    if (answers.overflow)
      return limitReached(
        new RunLimitReached(answers.overflow, 'The expressions of the event yield more than may be kept'),
      );
    const result = runRound(plan, payload, options, answers);
    if (!answers.incomplete) return result;
  }
}

function runRound(
  plan: MappingPlan,
  payload: unknown,
  options: MappingOptions,
  answers: Answers,
): MappingResult {
  const run = new MappingRun(payload, answers, options.integration, options.schemaAttributes);
  const entityUpdates: EntityUpdate[] = [];
  const readingUpdates: ReadingUpdate[] = [];
  const pruneScopes: EntityPruneScope[] = [];
  const readingPruneScopes: ReadingPruneScope[] = [];
  try {
    plan.entities.forEach((mapping) => {
      runEntityMapping(mapping, mapping.place, run, entityUpdates, pruneScopes);
    });
    plan.readings.forEach((mapping) => {
      runReadingMapping(mapping, mapping.place, run, readingUpdates, readingPruneScopes);
    });
  } catch (error) {
    if (error instanceof RunLimitReached) return limitReached(error);
    // The round is run again when the questions so far are answered.
    if (error === ENOUGH_ASKED) return NOTHING;
    throw error;
  }
  const { problems, outputSize: size } = run;
  return { entityUpdates, readingUpdates, pruneScopes, readingPruneScopes, problems, size };
}

const NOTHING: MappingResult = {
  entityUpdates: [],
  readingUpdates: [],
  pruneScopes: [],
  readingPruneScopes: [],
  problems: [],
  size: 0,
};

function limitReached({ site, message }: RunLimitReached): MappingResult {
  const problem: MappingProblem = {
    severity: 'error',
    code: 'PAYLOAD_TOO_LARGE',
    category: 'validation',
    site,
    field: 'jsonataExpression',
    message,
  };
  return { ...NOTHING, problems: [problem] };
}
