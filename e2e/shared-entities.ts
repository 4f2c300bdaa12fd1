import fc from 'fast-check';
import type pg from 'pg';

const SENDERS = 6;
const CONTACTS = 300;
const CONTRACTS = 150;
const ACCOUNTS = 50;
const SEED = 20_261_121;

/** An event for one of 500 entities that all integrations write to. */
interface NumberedEvent {
  readonly use_case_slug: string;
  readonly deduplication_id: string;
  /** Schema and external id of the entity that keeps the number. */
  readonly entity: string;
  readonly number: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The events of each integration, in the order in which it sends them; `run` keeps the entities of several runs apart. */
export interface Scenario {
  readonly run: string;
  readonly senders: readonly (readonly NumberedEvent[])[];
}

const anyEvent = fc.record({
  kind: fc.constantFrom('contact', 'contact', 'contract', 'account', 'relate'),
  nr: fc.nat({ max: CONTACTS - 1 }),
});

/**
 * Events in random order of arrival, the same for every run. Each one appends its number to a list that its integration keeps at the entity, so
 * that a lost, repeated or overtaken event shows. Relations are named from both of their sides, and always agree.
 */
export function scenario(run: string, count: number): Scenario {
  const drawn = fc.sample(anyEvent, { numRuns: count, seed: SEED });
  const senders: NumberedEvent[][] = Array.from({ length: SENDERS }, () => []);
  for (const [number, { kind, nr }] of drawn.entries()) {
    const sender = number % SENDERS;
    const { schema, index, related } = target(kind, nr);
    const id = (what: string, at: number) => `${run}-${what}-${at}`;
    senders[sender]?.push({
      use_case_slug: kind,
      deduplication_id: id('event', number),
      entity: `${schema} ${id(schema, index)}`,
      number,
      payload: { id: id(schema, index), number, related: related.map((at) => id(RELATED[kind] ?? '', at)) },
    });
  }
  return { run, senders };
}

const RELATED: Readonly<Record<string, string>> = {
  contract: 'contact',
  account: 'contract',
  relate: 'contract',
};

/** Contract k belongs to contacts 2k and 2k+1 and to account k/3, whoever says so. */
function target(kind: string, nr: number): { schema: string; index: number; related: number[] } {
  switch (kind) {
    case 'contract': {
      const index = nr % CONTRACTS;
      return { schema: 'contract', index, related: [index * 2 + 1, index * 2] };
    }
    case 'account': {
      const index = nr % ACCOUNTS;
      return { schema: 'billing_account', index, related: [index * 3, index * 3 + 1, index * 3 + 2] };
    }
    case 'relate':
      return { schema: 'contact', index: nr, related: [Math.floor(nr / 2)] };
    default:
      return { schema: 'contact', index: nr, related: [] };
  }
}

/** The integration of a sender; its use cases differ from the others' in the list they append to. */
export function integrationBody(sender: number) {
  const useCase = (slug: string, entity_schema: string, attribute?: string, target_schema?: string) => ({
    name: slug,
    slug,
    type: 'inbound' as const,
    enabled: true,
    configuration: {
      entities: [
        {
          entity_schema,
          unique_ids: ['external_id'],
          fields: [
            { attribute: 'external_id', field: 'id' },
            { attribute: `log_${sender}`, jsonataExpression: '{ "_append_all": [number] }' },
            ...(attribute === undefined
              ? []
              : [
                  {
                    attribute,
                    relations: {
                      operation: '_append' as const,
                      jsonataExpression: `related.{ "entity_schema": "${target_schema}", "unique_ids": [{ "attribute": "external_id", "constant": $ }] }`,
                    },
                  },
                ]),
          ],
        },
      ],
    },
  });
  return {
    name: `Sender ${sender}`,
    use_cases: [
      useCase('contact', 'contact'),
      useCase('contract', 'contract', 'customer', 'contact'),
      useCase('account', 'billing_account', 'contracts', 'contract'),
      useCase('relate', 'contact', 'contracts', 'contract'),
    ],
  };
}

/** The numbers that each entity must hold, by sender: what processing every integration's events in their order leaves. */
export function expectedLogs({ senders }: Scenario): Record<string, number[]> {
  const logs: Record<string, number[]> = {};
  for (const [sender, events] of senders.entries()) {
    for (const { entity, number } of events) {
      const log = `${entity} log_${sender}`;
      logs[log] = [...(logs[log] ?? []), number];
    }
  }
  return logs;
}

/** What a run has left: the lists by entity and sender, and everything else by entity with relations as names. */
export interface StoredState {
  readonly logs: Readonly<Record<string, unknown>>;
  readonly rest: readonly string[];
}

/** Reads all entities of a run from the database. Ids and the order of relations depend on the order of arrival, and are left out. */
export async function storedState(client: pg.Client, { run }: Scenario): Promise<StoredState> {
  const { rows } = await client.query<{ id: string; schema: string; doc: Record<string, unknown> }>(
    `select id, schema, doc from entity where doc->>'external_id' like $1`,
    [`${run}-%`],
  );
  const names = new Map(rows.map(({ id, doc }) => [id, String(doc['external_id']).slice(run.length)]));
  const logs: Record<string, unknown> = {};
  const rest = rows.map(({ schema, doc }) => {
    const { external_id, ...members } = doc;
    const others = Object.entries(members).flatMap(([name, value]): [string, unknown][] => {
      if (!name.startsWith('log_')) return [[name, related(value, names) ?? value]];
      logs[`${schema} ${String(external_id)} ${name}`] = value;
      return [];
    });
    return JSON.stringify([schema, String(external_id).slice(run.length), others.sort(byName)]);
  });
  return { logs, rest: rest.sort() };
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function related(value: unknown, names: ReadonlyMap<string, string>): string[] | undefined {
  if (typeof value !== 'object' || value === null || !('$relation' in value)) return undefined;
  const items = Array.isArray(value.$relation) ? value.$relation : [];
  return items.map((item: { entity_id: string }) => names.get(item.entity_id) ?? 'unknown').sort();
}
