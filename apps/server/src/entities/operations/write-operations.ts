import type { Operations } from '../../contract/operation-types.ts';
import { type Call, reply } from '../../http/call.ts';
import { invalid } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import type { Written } from '../entity-graph.ts';
import { keyValue, type UniqueKey } from '../lookup/unique-key.ts';
import type { Document } from '../model/document.ts';
import { findEntity } from '../reading/read-entity.ts';
import { schemasOf } from '../schemas/schema-catalogue.ts';
import { InvalidEntity, refuseInvalidEntity } from '../schemas/validate-entity.ts';
import type { WriteOptions } from '../writing/entity-change.ts';
import { changeSource } from './change-source.ts';
import { CallerAccess } from './entity-access.ts';
import type { EntityPlatform } from './entity-platform.ts';

/** The query parameters that writing operations share. */
interface WriteParameters {
  readonly activity_id?: string | null;
  readonly fill_activity?: boolean;
  readonly dry_run?: boolean;
  readonly validate?: boolean;
  readonly direct?: boolean;
}

/** Creating, changing, deleting and restoring entities (spec/entities.md §6). */
export function writeOperations(platform: EntityPlatform): Operations<'entity'> {
  const { graph, access } = platform;

  /** Runs a write in one transaction, checks the attributes it touched, and answers the entity as the caller may see it. */
  async function write(
    call: Pick<Call<WriteParameters>, 'principal' | 'tenant' | 'parameters'>,
    work: (tx: TenantTransaction, caller: CallerAccess, options: WriteOptions) => Promise<Written>,
  ): Promise<{ readonly written: Written; readonly body: Document }> {
    const caller = await CallerAccess.of(access, call.principal);
    return call.tenant.transaction(async (tx) => {
      const written = await work(tx, caller, writeOptions(call));
      const schemas = await schemasOf(tx);
      const schema = schemas.get(written.entity.schema);
      caller.requireAttributes(schema, written.entity, written.diff);
      if (call.parameters.validate === true) refuseInvalidEntity(schema, written.entity.doc);
      return { written, body: caller.show(schema, written.entity) ?? { _id: written.entity.id } };
    });
  }

  return {
    async createEntity(call) {
      const { parameters, body } = call;
      return validated(async () => {
        const { body: created } = await write(call, (tx, caller, options) => {
          caller.requireCreate(parameters.slug);
          return graph.create(tx, { schema: parameters.slug, attributes: { ...body } }, options);
        });
        return reply(201, created);
      });
    },

    async patchEntity(call) {
      const { id, slug } = call.parameters;
      const attributes: Document = { ...call.body };
      return validated(async () => {
        const { body } = await write(call, async (tx, caller, options) => {
          caller.require('entity:edit', await findEntity(tx, id, slug));
          return graph.patch(tx, { id, schema: slug, attributes, ...precondition(attributes) }, options);
        });
        return body;
      });
    },

    async updateEntity(call) {
      const { id, slug } = call.parameters;
      return validated(async () => {
        const { body } = await write(call, async (tx, caller, options) => {
          caller.require('entity:edit', await findEntity(tx, id, slug));
          return graph.put(tx, { id, schema: slug, attributes: { ...call.body } }, options);
        });
        return body;
      });
    },

    async upsertEntity(call) {
      const { slug, strict } = call.parameters;
      const attributes: Document = { ...call.body.entity };
      const keys = uniqueKeys(attributes, call.body.unique_key);
      return validated(async () => {
        const { written, body } = await write(call, async (tx, caller, options) => {
          const upserted = await graph.upsert(
            tx,
            { schema: slug, keys, attributes, strict: strict === true },
            options,
          );
          if (upserted.outcome === 'created') caller.requireCreate(slug);
          else caller.require('entity:edit', upserted.entity);
          return upserted;
        });
        return reply(written.outcome === 'created' ? 201 : 200, body);
      });
    },

    async deleteEntity(call) {
      const { id, slug, purge } = call.parameters;
      const caller = await CallerAccess.of(access, call.principal);
      await call.tenant.transaction(async (tx) => {
        caller.require('entity:delete', await findEntity(tx, id, slug, { includeDeleted: true }));
        const options = writeOptions(call);
        if (purge) await graph.purge(tx, { id, schema: slug }, options);
        else await graph.softDelete(tx, { id, schema: slug }, options);
      });
      return undefined;
    },

    async restoreEntity(call) {
      const { id, slug } = call.parameters;
      const { body } = await write(call, async (tx, caller, options) => {
        caller.require('entity:edit', await findEntity(tx, id, slug, { includeDeleted: true }));
        return graph.restore(tx, { id, schema: slug }, options);
      });
      return body;
    },
  };
}

function writeOptions({
  principal,
  parameters,
}: Pick<Call<WriteParameters>, 'principal' | 'parameters'>): WriteOptions {
  return {
    source: changeSource(principal),
    ...(parameters.activity_id ? { activityId: parameters.activity_id } : {}),
    fillActivity: parameters.fill_activity === true,
    dryRun: parameters.dry_run === true,
    direct: parameters.direct === true,
  };
}

function precondition(attributes: Document): { unchangedSince?: Date } {
  const sent = attributes['_updated_at'];
  if (typeof sent !== 'string') return {};
  return { unchangedSince: new Date(sent) };
}

function uniqueKeys(attributes: Document, names: readonly string[]): UniqueKey[] {
  if (names.length === 0) throw invalid({ path: 'body.unique_key', message: 'needs at least one attribute' });
  return names.map((attribute, index) => {
    const value = keyValue(attributes, attribute);
    if (value === undefined) {
      throw invalid({ path: `body.unique_key[${index}]`, message: `${attribute} has no value in entity` });
    }
    return { attribute, value };
  });
}

/** `validate=true` answers 422 in a form of its own (contract schema `EntityValidationV2ResultError`). */
async function validated<Result>(work: () => Promise<Result>): Promise<Result | ReturnType<typeof reply>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InvalidEntity) return reply(422, { status: 'error', errors: error.errors });
    throw error;
  }
}
