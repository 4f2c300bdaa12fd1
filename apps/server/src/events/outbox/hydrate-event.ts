import type { TenantQueries } from '../../storage/index.ts';
import type { EventGraph } from '../catalog/catalog-event.ts';
import { loadNeighbours, type WireEntity } from './neighbours.ts';

/** Entities of one node; a customer with thousands of contracts must not make an event that nobody can receive. */
const MOST_PER_NODE = 100;

/**
 * The payload members of an event's graph around an entity (spec/entities.md §11): lists for `many`, an object or nothing for `one`. Two statements
 * per edge. `node` is where the entity stands in the graph, `skip` names nodes to leave out.
 */
export async function hydrateEvent(
  tenant: TenantQueries,
  definition: EventGraph,
  start: { readonly node: string; readonly entities: readonly WireEntity[] },
  skip: ReadonlySet<string> = new Set(),
): Promise<Record<string, unknown>> {
  const found = new Map<string, readonly WireEntity[]>([[start.node, start.entities]]);
  for (const { from, to } of edgesFrom(start.node, definition)) {
    const sources = found.get(from) ?? [];
    const node = definition.nodes.find(({ id }) => id === to);
    if (!node || skip.has(to) || sources.length === 0 || to === start.node) continue;
    const known = found.get(to) ?? [];
    if (node.cardinality === 'one' && known.length > 0) continue;
    const ids = sources.map(idOf);
    const neighbours = await loadNeighbours(tenant, ids, node.schemas, MOST_PER_NODE);
    found.set(to, unique([...known, ...neighbours]).slice(0, MOST_PER_NODE));
  }
  const members = definition.nodes.flatMap(({ id, cardinality }): [string, unknown][] => {
    const entities = found.get(id) ?? [];
    if (cardinality === 'many') return skip.has(id) ? [] : [[id, entities]];
    return entities[0] === undefined || skip.has(id) ? [] : [[id, entities[0]]];
  });
  return Object.fromEntries(members);
}

/** The edges in an order in which they can be followed from a node; those that point towards it are turned round. */
function edgesFrom(start: string, { edges }: EventGraph): { readonly from: string; readonly to: string }[] {
  const reached = new Set([start]);
  const ordered: { from: string; to: string }[] = [];
  const left = [...edges];
  for (let at = 0; at < left.length; ) {
    const edge = left[at];
    if (!edge || !(reached.has(edge.from) || reached.has(edge.to))) {
      at += 1;
      continue;
    }
    const turned = reached.has(edge.from) ? edge : { from: edge.to, to: edge.from };
    ordered.push(turned);
    reached.add(turned.to);
    left.splice(at, 1);
    at = 0;
  }
  return ordered;
}

function unique(entities: readonly WireEntity[]): WireEntity[] {
  return [...new Map(entities.map((entity) => [idOf(entity), entity])).values()];
}

function idOf(entity: WireEntity): string {
  return String(entity['_id']);
}
