import type { MappingSite } from './mapping-problem.ts';

/**
 * What a source sees (spec ERP §6.3): `root` is the payload (`$$`), `item` the item (`$` and bare names). The other
 * members say whose scope it is, for problems and for answers that come later.
 */
export interface ItemScope {
  readonly root: unknown;
  readonly item: unknown;
  readonly site: MappingSite;
  /** Position of the item in its mapping; undefined where no single item is looked at. */
  readonly index: number | undefined;
  readonly of: 'payload' | 'result' | 'item';
}

/** The scope of expressions that look at the payload: a mapping's `jsonataExpression` and its prune scope. */
export function payloadScope(payload: unknown, site: MappingSite): ItemScope {
  return { root: payload, item: payload, site, index: undefined, of: 'payload' };
}

/** The scope of a mapping's `enabled`: the whole preprocessed result, an array as one array (spec ERP §6.1). */
export function resultScope(result: unknown, site: MappingSite): ItemScope {
  return { root: result, item: result, site, index: undefined, of: 'result' };
}

/** The scope of everything that is evaluated for one item. */
export function itemScope(payload: unknown, item: unknown, site: MappingSite, index: number): ItemScope {
  return { root: payload, item, site, index, of: 'item' };
}

/** Names a scope within a run; the same scope has the same name in every round. */
export function scopeName({ site, of, index }: ItemScope): string {
  return `${site.kind} ${site.index} ${of} ${index ?? ''}`;
}
