import { randomUUID } from 'node:crypto';
import { notFound, Refusal } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import type { Activity } from '../activity/activity.ts';
import {
  finishActivity,
  insertActivities,
  insertOperations,
  lockActivity,
  removeActivityOf,
} from '../activity/store.ts';
import { schemasOf } from '../schemas/schema-catalogue.ts';
import { activityOf, changesOf, operationRecord } from './activity-of-change.ts';
import { type Applied, applyChange, type ChangeContext, refuseTooLarge } from './apply-change.ts';
import type {
  ChangeSource,
  EntityChanged,
  EntityChangeListener,
  SourcedChange,
  WriteOptions,
  WriteResult,
} from './entity-change.ts';
import { type IdentifiedChange, loadWorkingSet } from './load-working-set.ts';
import { drawNumbers } from './sequences.ts';
import { storeDrafts } from './store.ts';
import type { TouchedEntity, WorkingSet } from './working-set.ts';

/** What a write needs beside its transaction. */
export interface WriteEnvironment {
  readonly now: Date;
  readonly listeners: readonly EntityChangeListener[];
}

interface Outcome {
  readonly result: WriteResult;
  readonly changes: readonly EntityChanged[];
  readonly activity: Activity | undefined;
}

/**
 * Applies wishes to the graph, in order, in the caller's transaction: every write of the server goes through here. Documents, edges,
 * activity and what the listeners add commit together. Each wish has its own result; a refused one (404, 409, 400 ...) leaves no trace while
 * the others stand. The number of statements does not grow with the number of wishes.
 * @throws Refusal 404 when the activity to attach to does not exist
 */
export async function writeEntities(
  tx: TenantTransaction,
  changes: readonly SourcedChange[],
  options: WriteOptions,
  environment: WriteEnvironment,
): Promise<WriteResult[]> {
  const wishes = changes.map((change) => ({ ...change, id: change.id ?? randomUUID() }));
  const existing = await activityToJoin(tx, options);
  const schemas = await schemasOf(tx);
  const set = await loadWorkingSet(tx, schemas, wishes);
  const numbers = options.dryRun === true ? new Map() : await drawNumbers(tx, schemas, wishes);
  const context: ChangeContext = { org: tx.org, options, now: environment.now, numbers };
  const outcomes = wishes.map((wish) => fulfil(set, wish, fromSource(context, wish.source), existing));
  if (options.dryRun !== true) await store(tx, set, outcomes, options, environment);
  return outcomes.map(({ result }) => result);
}

function fromSource(context: ChangeContext, source: ChangeSource | undefined): ChangeContext {
  return source ? { ...context, options: { ...context.options, source } } : context;
}

async function activityToJoin(tx: TenantTransaction, options: WriteOptions): Promise<string | undefined> {
  if (!options.activityId) return undefined;
  const activity = await lockActivity(tx, options.activityId);
  if (!activity) throw notFound('Activity', 'ACTIVITY_NOT_FOUND');
  return activity.id;
}

/** Applies one wish in memory; a refusal is taken back and becomes its result. */
function fulfil(
  set: WorkingSet,
  wish: IdentifiedChange,
  context: ChangeContext,
  existingActivity: string | undefined,
): Outcome {
  set.begin();
  try {
    const applied = applyChange(set, wish, context);
    const touched = set.stampTouched(context.now);
    for (const { after } of touched) if (after) refuseTooLarge(after);
    return outcomeOf(set, applied, touched, context, existingActivity);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    set.undo();
    return { result: { outcome: 'refused', refusal: error }, changes: [], activity: undefined };
  }
}

function outcomeOf(
  set: WorkingSet,
  applied: Applied,
  touched: readonly TouchedEntity[],
  context: ChangeContext,
  existingActivity: string | undefined,
): Outcome {
  const { options, now } = context;
  const entity = set.current(applied.entity.id) ?? applied.entity;
  const unrecorded = changesOf({ ...applied, entity }, touched, options.source, existingActivity ?? '');
  const isRecorded = unrecorded.some((change) => change.after !== undefined);
  const activity =
    isRecorded && existingActivity === undefined ? activityOf(applied, unrecorded, options, now) : undefined;
  const activityId = existingActivity ?? activity?.id;
  const changes = unrecorded.map((change) => ({
    ...change,
    activityId: change.after ? activityId : undefined,
  }));
  if (applied.outcome === 'purged') return { result: { outcome: 'purged', entity }, changes, activity };
  const diff = changes.find((change) => change.after?.id === entity.id)?.diff ?? {
    added: {},
    updated: {},
    deleted: {},
  };
  const result: WriteResult = {
    outcome: applied.outcome,
    entity,
    diff,
    changesets: applied.effects,
    activityId: changes.length > 0 ? activityId : undefined,
  };
  return { result, changes, activity };
}

async function store(
  tx: TenantTransaction,
  set: WorkingSet,
  outcomes: readonly Outcome[],
  options: WriteOptions,
  { listeners }: WriteEnvironment,
): Promise<void> {
  const changes = outcomes.flatMap((outcome) => outcome.changes);
  if (options.activityId && options.fillActivity === true) await finishActivity(tx, options.activityId);
  if (changes.length === 0) return;
  await storeDrafts(tx, set);
  const activities = outcomes.flatMap(({ activity }) => (activity ? [activity] : []));
  await insertActivities(tx, activities);
  const operations = changes.flatMap((change) => {
    const operation = operationRecord(change, tx.org);
    return operation && change.activityId !== undefined ? [{ activityId: change.activityId, operation }] : [];
  });
  await insertOperations(tx, operations);
  const purged = changes.flatMap((change) =>
    change.operation === 'deleteEntity' && change.before ? [change.before.id] : [],
  );
  await removeActivityOf(tx, purged);
  for (const listener of listeners) await listener(tx, changes);
}
