import type { Evaluator } from '@busbar/jsonata';
import {
  type FileProxyContext,
  MalformedPayloadError,
  MappingConfigurationError,
  type MappingProblem,
  type MappingResult,
  mapPayload,
  parsePayload,
} from '@busbar/mapping';
import type { TenantQueries } from '../../storage/index.ts';
import { EventEvaluator } from '../event-evaluator.ts';
import type { EventProblem } from '../inbound/problem-code.ts';
import { routeEvent } from '../inbound/route-event.ts';
import { EventOutcome, type OutcomeRecord } from './event-outcome.ts';
import { type Step, stepsOf } from './mapped-event.ts';
import type { QueuedEvent } from './queue-store.ts';
import { type PlannedUseCase, planOf } from './routing-table.ts';

/** An event whose steps are known. `record` is what is known of its outcome before the first step that is left. */
export interface PreparedEvent {
  readonly queued: QueuedEvent;
  readonly useCaseId: string | undefined;
  readonly steps: readonly Step[];
  readonly record: OutcomeRecord;
  /** Characters, estimated, of what the steps are to write. */
  readonly size: number;
  /** Why an event without steps is skipped; undefined when its mapping yields nothing. */
  readonly skipped?: Omit<EventProblem, 'severity'>;
}

/** What mapping needs from outside. */
export interface MappingSurroundings {
  readonly evaluator: Evaluator;
  readonly integration: FileProxyContext;
}

/**
 * Routes an event anew and maps it with today's configuration (erp-integration.md 4.1, 4.2). `table` is undefined when the integration was
 * deleted. What is wrong with configuration or payload becomes the event's outcome; nothing is thrown for it.
 */
export async function prepareEvent(
  queries: TenantQueries,
  queued: QueuedEvent,
  table: readonly PlannedUseCase[] | undefined,
  surroundings: MappingSurroundings,
): Promise<PreparedEvent> {
  const { event } = queued;
  const started = performance.now();
  const outcome = new EventOutcome(queued.record);
  const done = (
    useCaseId: string | undefined,
    steps: readonly Step[],
    skipped?: PreparedEvent['skipped'],
  ) => {
    outcome.spend(performance.now() - started);
    const prepared = { queued, useCaseId, steps, record: outcome.toJSON(), size: 0 };
    return skipped ? { ...prepared, skipped } : prepared;
  };
  const fail = (
    useCaseId: string | undefined,
    code: string,
    category: EventProblem['category'],
    message: string,
  ) => {
    outcome.failed('entity', { code, category, message });
    return done(useCaseId, []);
  };
  if (!table)
    return fail(event.useCaseId, 'INTEGRATION_NOT_FOUND', 'configuration', 'The integration was deleted');
  const route = routeEvent(table, event);
  if ('refused' in route) {
    const message = 'No enabled inbound use case answers to this event any more';
    return done(route.useCase?.id ?? event.useCaseId, [], {
      code: route.refused,
      category: 'configuration',
      message,
    });
  }
  const { useCase, several } = route;
  try {
    const plan = await planOf(queries, useCase);
    const payload = parsePayload(event.format, event.payload);
    const evaluator = new EventEvaluator(surroundings.evaluator);
    const result = await mapPayload(plan, payload, { evaluator, integration: surroundings.integration });
    if (queued.progress === 0) noteProblems(outcome, result, several);
    return { ...done(useCase.id, stepsOf(result)), size: result.size };
  } catch (error) {
    if (error instanceof MappingConfigurationError)
      return fail(useCase.id, 'USE_CASE_MISSING_CONFIG', 'configuration', error.message);
    if (error instanceof MalformedPayloadError)
      return fail(useCase.id, error.code, 'validation', error.message);
    throw error;
  }
}

/** Puts what did not map into the outcome: one failed update per item that was lost. */
function noteProblems(outcome: EventOutcome, { problems }: MappingResult, several: boolean): void {
  if (several) {
    outcome.warn('entity', {
      code: 'EVENT_NOT_CONFIGURED',
      category: 'configuration',
      message: 'Several enabled use cases have this name; the oldest was used',
    });
  }
  const lost = new Set<string>();
  for (const problem of problems) {
    const kind = problem.site.kind === 'entity' ? 'entity' : 'meter_reading';
    const described = { code: problem.code, category: problem.category, message: describe(problem) };
    const item = `${kind} ${problem.site.index} ${problem.item ?? ''}`;
    if (problem.severity === 'warning') outcome.warn(kind, described);
    else if (!lost.has(item)) {
      lost.add(item);
      outcome.failed(kind, described);
    }
  }
}

function describe({ site, item, field, message }: MappingProblem): string {
  const place = item === undefined ? '' : `, item ${item + 1}`;
  return `${site.entitySchema}${place}, ${field}: ${message}`;
}
