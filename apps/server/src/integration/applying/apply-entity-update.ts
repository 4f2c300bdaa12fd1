import type { EntityUpdate } from '@busbar/mapping';
import { type Document, findByUniqueKeys, isDocument, type WriteResult } from '../../entities/index.ts';
import type { EventOutcome } from '../pipeline/event-outcome.ts';
import type { ApplySession } from './apply-session.ts';
import { type Identity, identityOf, isReference } from './identity.ts';
import { resolveLinks } from './resolve-links.ts';
import { separateLinks } from './wanted-links.ts';

/** Members only the platform writes (erp-integration.md 8.4). */
const NOT_WRITABLE: ReadonlySet<string> = new Set([
  '_id',
  '_org',
  '_schema',
  '_title',
  '_created_at',
  '_updated_at',
  '_deleted_at',
  '_acl',
  '_owners',
  '_changesets',
]);

/** Attribute types whose values are never objects. */
const SCALAR_TYPES: ReadonlySet<string> = new Set([
  'number',
  'currency',
  'boolean',
  'date',
  'datetime',
  'string',
  'select',
]);

/** What a write is called in the sync status (contract: `EntitySyncState.last_operation`). */
const SYNC_OPERATIONS = {
  created: 'create',
  updated: 'patch',
  restored: 'patch',
  unchanged: 'no-op',
  deleted: 'delete',
  purged: 'delete',
} as const;

/**
 * Plans one mapped update (erp-integration.md 8); its result reaches `outcome` when the session writes. `prunes` says that the entity has to
 * be remembered for the prune of its mapping.
 */
export async function applyEntityUpdate(
  session: ApplySession,
  update: EntityUpdate,
  outcome: EventOutcome,
  prunes: boolean,
): Promise<void> {
  const identity = identityOf(update.entitySchema, update.uniqueIdentifiers, update.identifierTypes);
  if (!session.schemas.find(update.entitySchema)) {
    return refuse(
      outcome,
      update,
      'USE_CASE_MISSING_CONFIG',
      'configuration',
      `there is no schema ${update.entitySchema}`,
    );
  }
  const [id, ...others] = await session.find(identity);
  if (others.length > 0) {
    return refuse(
      outcome,
      update,
      'UNIQUE_ID_MULTIPLE_MATCHES',
      'validation',
      'several entities have these identifiers',
    );
  }
  if (update.mode === 'upsert') {
    if (id === undefined && isReference(identity))
      return refuse(outcome, update, 'ENTITY_REFERENCE_NOT_FOUND', 'validation', 'no entity has this _id');
    const touched = await upsert(session, update, identity, id, outcome);
    if (prunes) outcome.touch(update.mapping, touched);
  } else {
    await remove(session, update, identity, id, outcome);
  }
  if (session.oneByOne) await session.flush();
}

async function upsert(
  session: ApplySession,
  update: EntityUpdate,
  identity: Identity,
  existing: string | undefined,
  outcome: EventOutcome,
): Promise<string> {
  const attributes = writable(session, update, outcome);
  const { plain, wanted } = separateLinks(attributes);
  const settled = settlement(session, update, outcome);
  const warn = (code: string, message: string) =>
    outcome.warn('entity', { code, category: 'validation', message: `${nameOf(update)}: ${message}` });
  if (existing === undefined && session.hasDeleted(identity))
    warn('SOFT_DELETED_ENTITY_MATCHED', 'only a deleted entity has these identifiers; a new one was created');

  const refersToItself = wanted.some(({ links }) =>
    links.some((link) => link.identity.text === identity.text),
  );
  if (existing === undefined && refersToItself) {
    // The entity has to be there before it can relate to itself.
    const created = session.create(identity, plain);
    const linked = await resolveLinks(session, wanted, warn);
    session.patch(identity.schema, created, linked, settled);
    return created;
  }
  const linked = wanted.length > 0 ? await resolveLinks(session, wanted, warn) : {};
  const all = { ...plain, ...linked };
  if (existing !== undefined) {
    session.patch(identity.schema, existing, all, settled);
    return existing;
  }
  return session.create(identity, all, settled);
}

async function remove(
  session: ApplySession,
  update: EntityUpdate,
  { schema, keys }: Identity,
  live: string | undefined,
  outcome: EventOutcome,
): Promise<void> {
  const kind = update.mode === 'purge' ? 'purge' : 'delete';
  let id = live;
  if (id === undefined && kind === 'purge') {
    await session.flush();
    const [deleted, ...others] = await findByUniqueKeys(session.tx, schema, keys, { includeDeleted: true });
    if (others.length > 0) {
      return refuse(
        outcome,
        update,
        'UNIQUE_ID_MULTIPLE_MATCHES',
        'validation',
        'several deleted entities have these identifiers',
      );
    }
    id = deleted?.id;
  }
  if (id === undefined) return outcome.applied('entity');
  session.remove({ kind, id, schema }, settlement(session, update, outcome));
}

/** The attributes a mapping may write; what it may not is left out with a warning, an obvious clash of types is stored with one. */
function writable(session: ApplySession, update: EntityUpdate, outcome: EventOutcome): Document {
  const schema = session.schemas.find(update.entitySchema);
  const kept = Object.entries(update.attributes).filter(([name, value]) => {
    if (NOT_WRITABLE.has(name)) {
      if (name !== '_id' || !('_id' in update.uniqueIdentifiers)) {
        const message = `${nameOf(update)}: ${name} cannot be written and was left out`;
        outcome.warn('entity', { code: 'ATTRIBUTE_TYPE_MISMATCH', category: 'validation', message });
      }
      return false;
    }
    const attribute = schema?.attribute(name);
    if (
      attribute &&
      SCALAR_TYPES.has(attribute.type) &&
      attribute.repeatable !== true &&
      isPlainObject(value)
    ) {
      const message = `${nameOf(update)}: an object was stored in ${name}, which is a ${attribute.type}`;
      outcome.warn('entity', { code: 'ATTRIBUTE_TYPE_MISMATCH', category: 'validation', message });
    }
    return true;
  });
  return Object.fromEntries(kept);
}

/** An object that is neither an array operation nor a relation. */
function isPlainObject(value: unknown): boolean {
  const special = new Set(['_set', '_append', '_append_all', '$relation', '$relation_ref']);
  return isDocument(value) && !Object.keys(value).some((name) => special.has(name));
}

function settlement(
  session: ApplySession,
  update: EntityUpdate,
  outcome: EventOutcome,
): (result: WriteResult) => void {
  const { origin } = session;
  return (result) => {
    if (result.outcome !== 'refused') {
      if (origin)
        session.noteSync(result.entity.id, { ...origin, operation: SYNC_OPERATIONS[result.outcome] });
      return outcome.applied('entity');
    }
    const { code, message } = result.refusal;
    refuse(outcome, update, code, 'validation', message);
  };
}

function refuse(
  outcome: EventOutcome,
  update: EntityUpdate,
  code: string,
  category: 'validation' | 'configuration',
  reason: string,
): void {
  outcome.spoil(update.mapping);
  outcome.failed('entity', { code, category, message: `${nameOf(update)}: ${reason}` });
}

/** Names an update by schema and identifiers, which may appear in messages (erp-integration.md 11.1). */
function nameOf({ entitySchema, uniqueIdentifiers }: EntityUpdate): string {
  const identifiers = Object.entries(uniqueIdentifiers).map(([name, value]) => `${name} ${value}`);
  return `${entitySchema} ${identifiers.join(', ')}`;
}
