import { asObject } from '../../../contract/json-object.ts';
import {
  type Document,
  type FeedPage,
  type FeedQuery,
  findEntities,
  readFeed,
} from '../../../entities/index.ts';
import { invalid } from '../../../refusal.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';

/** Activities that portal users may know of (spec/portal.md §5.12). */
const PORTAL_TYPES = [
  'EntityUpdatedFromPortal',
  'DocUploadedFromPortal',
  'DocRemovedFromPortal',
  'DocDownloadedFromPortal',
  'CreateMeterReading',
  'SelfAssignmentFromPortal',
  'PortalUserResetPassword',
] as const;
/** A feed is looked through this far. */
const MOST_ACTIVITIES = 1_000;

/**
 * The activities of an entity that its portal user may see, newest first: those of portals, about entities in reach, without anything that tells
 * other people apart. `from` is an offset.
 * @throws Refusal 400 for `after` together with `before`, and for a page that is none
 */
export async function portalFeed(
  queries: TenantQueries,
  access: PortalAccess,
  entityId: string,
  query: Pick<FeedQuery, 'after' | 'before' | 'type' | 'from' | 'size' | 'include_relations'>,
  now: Date,
): Promise<FeedPage> {
  const { from = 0, size = 25 } = query;
  checkPage(from, size);
  const types = PORTAL_TYPES.filter((type) => !query.type?.length || query.type.includes(type));
  if (types.length === 0) return { total: 0, results: [] };
  const { results } = await readFeed(
    queries,
    entityId,
    { ...query, type: types, from: 0, size: MOST_ACTIVITIES },
    now,
  );
  const visible = await visibleIds(queries, access, results);
  const shown = results.flatMap((activity) => showActivity(access, activity, visible));
  return { total: shown.length, results: shown.slice(from, from + size) };
}

/** Throws 400 for a negative offset and an empty page. */
export function checkPage(from: number, size: number): void {
  if (!Number.isSafeInteger(from) || from < 0)
    throw invalid({ path: 'query.from', message: 'must be at least 0' });
  if (!Number.isSafeInteger(size) || size < 1)
    throw invalid({ path: 'query.size', message: 'must be at least 1' });
}

async function visibleIds(
  queries: TenantQueries,
  access: PortalAccess,
  activities: readonly Document[],
): Promise<ReadonlySet<string>> {
  const ids = activities.flatMap((activity) => [
    subjectOf(activity),
    ...operationsOf(activity).map(targetOf),
  ]);
  const entities = await findEntities(
    queries,
    ids.filter((id) => id !== undefined),
  );
  return new Set((await access.filter(entities)).map(({ id }) => id));
}

/** What the activity is about; an activity about nothing tells nothing. */
function subjectOf(activity: Document): string | undefined {
  const { id, _id } = asObject(asObject(activity['payload'])['entity']);
  const subject = id ?? _id;
  return typeof subject === 'string' ? subject : undefined;
}

function operationsOf(activity: Document): Document[] {
  return Array.isArray(activity['operations']) ? activity['operations'].map(asObject) : [];
}

function targetOf(operation: Document): string | undefined {
  return typeof operation['entity'] === 'string' ? operation['entity'] : undefined;
}

function showActivity(access: PortalAccess, activity: Document, visible: ReadonlySet<string>): Document[] {
  const subject = subjectOf(activity);
  if (subject === undefined || !visible.has(subject)) return [];
  const token = asObject(asObject(asObject(activity['caller'])['PortalAuth'])['token']);
  // Whoever shares a contract with others learns what was done, and of who did it only whether it was themselves.
  const isOwn = token['custom:portal_user_id'] === access.user.portalUserId;
  const own = { PortalAuth: { token: { 'custom:portal_user_id': access.user.portalUserId } } };
  const operations = operationsOf(activity)
    .filter((operation) => visible.has(targetOf(operation) ?? ''))
    .map((operation) => showOperation(access, operation));
  return [
    {
      _id: activity['_id'],
      timestamp: activity['timestamp'],
      type: activity['type'],
      title: activity['title'],
      message: activity['message'],
      payload: { entity: namedIn(activity), caller: isOwn ? own : {} },
      operations,
    },
  ];
}

/** The names of what an activity is about, and nothing else of it: activities may carry more than a portal user may see. */
function namedIn(activity: Document): Document {
  const entity = asObject(asObject(activity['payload'])['entity']);
  const names = ['id', 'schema', '_id', '_schema'].filter((name) => typeof entity[name] === 'string');
  return {
    ...Object.fromEntries(names.map((name) => [name, entity[name]])),
    ...{ id: subjectOf(activity), schema: entity['schema'] ?? entity['_schema'] },
  };
}

/** An operation with visible attributes only; who else stood behind it is left out. */
function showOperation(access: PortalAccess, operation: Document): Document {
  const { slug } = asObject(operation['params']);
  const part = (value: unknown) => access.visibleMembers(String(slug), asObject(value));
  const { added, updated, deleted } = asObject(operation['diff']);
  return {
    entity: operation['entity'],
    operation: operation['operation'],
    params: operation['params'],
    activity_id: operation['activity_id'],
    activity_type: operation['activity_type'],
    diff: { added: part(added), updated: part(updated), deleted: part(deleted) },
  };
}
