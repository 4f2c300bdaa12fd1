import { createSettableClock, type SettableClock } from '../../ports/index.ts';
import type { Tenant } from '../../storage/index.ts';
import { testDatabase, testOrganisation } from '../../testing/test-database.ts';
import { EntityGraph } from '../entity-graph.ts';
import type { Document } from '../model/document.ts';
import type { Entity } from '../model/entity.ts';
import { bringCoreSchemas } from '../schemas/save-schema.ts';
import type { EntityChanged, WriteOptions } from '../writing/entity-change.ts';

/** An organisation of its own with the core schemas, a graph over it, and everything its listener was told. */
export interface GraphFixture {
  readonly tenant: Tenant;
  readonly graph: EntityGraph;
  readonly clock: SettableClock;
  readonly heard: EntityChanged[];
  create(schema: string, attributes: Document, options?: Partial<WriteOptions>): Promise<Entity>;
  patch(
    entity: { readonly id: string },
    attributes: Document,
    options?: Partial<WriteOptions>,
  ): Promise<Entity>;
}

/** A write by an access token of the API. */
export const API_WRITE: WriteOptions = {
  source: { kind: 'api', actor: { type: 'api_client', id: 'token-1' } },
};

export async function graphFixture(): Promise<GraphFixture> {
  const tenant = (await testDatabase()).tenant(testOrganisation());
  const clock = createSettableClock(new Date('2026-03-01T10:00:00.000Z'));
  const heard: EntityChanged[] = [];
  const graph = new EntityGraph({ clock, listeners: [async (_tx, changes) => void heard.push(...changes)] });
  await tenant.transaction((tx) => bringCoreSchemas(tx, clock.now()));
  return {
    tenant,
    graph,
    clock,
    heard,
    async create(schema, attributes, options) {
      clock.advance(1000);
      const written = await tenant.transaction((tx) =>
        graph.create(tx, { schema, attributes }, { ...API_WRITE, ...options }),
      );
      return written.entity;
    },
    async patch({ id }, attributes, options) {
      clock.advance(1000);
      const written = await tenant.transaction((tx) =>
        graph.patch(tx, { id, attributes }, { ...API_WRITE, ...options }),
      );
      return written.entity;
    },
  };
}
