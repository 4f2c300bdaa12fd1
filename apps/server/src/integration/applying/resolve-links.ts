import { type Document, isDocument, sameJson, type WriteResult } from '../../entities/index.ts';
import type { ApplySession } from './apply-session.ts';
import type { ReferredValue, WantedLink, WantedLinks } from './wanted-links.ts';

/** Told why an attribute was left out. */
type Warn = (code: string, message: string) => void;

interface Target {
  readonly link: WantedLink;
  readonly id: string;
}

/**
 * Turns relation targets named by identifiers into stored relations (erp-integration.md 8.5, 8.6): missing targets become stubs, and an attribute
 * whose targets cannot all be had is left out with a warning.
 */
export async function resolveLinks(
  session: ApplySession,
  wanted: readonly WantedLinks[],
  warn: Warn,
): Promise<Document> {
  const resolved: [string, unknown][] = [];
  for (const links of wanted) {
    const targets = await findTargets(session, links, warn);
    if (!targets) continue;
    const items =
      links.member === '$relation'
        ? relationItems(links, targets)
        : await references(session, links, targets, warn);
    if (items) resolved.push([links.attribute, { [links.member]: { [links.operation]: items } }]);
  }
  return Object.fromEntries(resolved);
}

/** Looks for all targets before any stub is made, so that an attribute that is left out leaves no stubs behind. */
async function findTargets(
  session: ApplySession,
  { attribute, links }: WantedLinks,
  warn: Warn,
): Promise<Target[] | undefined> {
  for (const { identity } of links) {
    const { length } = await session.find(identity);
    if (length > 1) {
      warn(
        'UNIQUE_ID_MULTIPLE_MATCHES',
        `${attribute} was left out: several entities have the identifiers of a target`,
      );
      return undefined;
    }
    if (length === 0 && !session.mayBecomeStub(identity)) {
      warn(
        'ENTITY_REFERENCE_NOT_FOUND',
        `${attribute} was left out: a target does not exist and cannot be created`,
      );
      return undefined;
    }
  }
  const targets: Target[] = [];
  for (const link of links) {
    const target = await session.findOrCreateStub(link.identity);
    if ('missing' in target) {
      warn(
        'ENTITY_REFERENCE_NOT_FOUND',
        `${attribute} was left out: a target does not exist and cannot be created`,
      );
      return undefined;
    }
    targets.push({ link, id: target.id });
  }
  return targets;
}

function relationItems({ operation }: WantedLinks, targets: readonly Target[]): object[] {
  const items = targets.map(({ link, id }) => ({
    entity_id: id,
    _schema: link.identity.schema,
    ...(link.tags ? { _tags: link.tags } : {}),
  }));
  if (operation === '_append_all') return items;
  const seen = new Set<string>();
  return items.filter(({ entity_id: id }) => !seen.has(id) && seen.add(id));
}

/** The values of one target's attribute that are written together. */
interface Placement {
  readonly id: string;
  readonly schema: string;
  readonly attribute: string;
  readonly operation: ReferredValue['operation'];
  readonly values: unknown[];
  stored: Document;
}

/** Stores the referred values at their targets and answers the references to them; undefined when one cannot be found there afterwards. */
async function references(
  session: ApplySession,
  { attribute }: WantedLinks,
  targets: readonly Target[],
  warn: Warn,
): Promise<object[] | undefined> {
  const placements = new Map<string, Placement>();
  for (const { link, id } of targets) {
    if (link.referred) place(placements, id, link.identity.schema, link.referred);
  }
  for (const placement of placements.values()) write(session, placement);
  await session.flush();
  const items: object[] = [];
  for (const { link, id } of targets) {
    const placement = link.referred && placements.get(placementKey(id, link.referred));
    const found = link.referred && placement && referencesTo(session, placement, link.referred);
    if (!found) {
      warn('RELATION_REF_ITEM_NOT_FOUND', `${attribute} was left out: a value was not found at its path`);
      return undefined;
    }
    items.push(...found);
  }
  return items;
}

function placementKey(id: string, { attribute, operation }: ReferredValue): string {
  return `${id} ${operation} ${attribute}`;
}

function place(
  placements: Map<string, Placement>,
  id: string,
  schema: string,
  referred: ReferredValue,
): void {
  const { attribute, operation, value } = referred;
  const values = Array.isArray(value) ? value : [value];
  const placement = placements.get(placementKey(id, referred));
  if (placement) placement.values.push(...values);
  else
    placements.set(placementKey(id, referred), {
      id,
      schema,
      attribute,
      operation,
      values: [...values],
      stored: {},
    });
}

function write(session: ApplySession, placement: Placement): void {
  const { schema, id, attribute, operation, values } = placement;
  const repeatable = session.schemas.find(schema)?.isRepeatable(attribute) === true;
  const single = operation === '_set' && values.length === 1 && !repeatable;
  const value: unknown = single ? values[0] : { [operation]: values };
  session.patch(schema, id, { [attribute]: value }, (result: WriteResult) => {
    if (result.outcome !== 'refused') placement.stored = result.entity.doc;
  });
}

function referencesTo(
  session: ApplySession,
  { id, schema, stored }: Placement,
  { path, attribute, value }: ReferredValue,
): object[] | undefined {
  const [place = path] = path.split('.');
  const held = Object.hasOwn(stored, place) ? stored[place] : undefined;
  if (held === undefined) return undefined;
  if (!Array.isArray(held)) return [{ entity_id: id, path }];
  const member = session.schemas.find(schema)?.itemMember(attribute) ?? 'value';
  const found = (Array.isArray(value) ? value : [value]).map((wanted: unknown) => {
    const wrapped = isDocument(wanted) ? wanted : { [member]: wanted };
    return held.find(
      (item: unknown) => sameJson(withoutId(item), withoutId(wrapped)) || sameJson(item, wanted),
    );
  });
  if (found.some((item) => item === undefined)) return undefined;
  return found.map((item: unknown) => ({
    entity_id: id,
    path,
    ...(isDocument(item) && typeof item['_id'] === 'string' ? { _id: item['_id'] } : {}),
  }));
}

function withoutId(item: unknown): unknown {
  if (!isDocument(item)) return item;
  const { _id, ...rest } = item;
  return rest;
}
