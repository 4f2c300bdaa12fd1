import { beginsLike } from '../../folded-words.ts';
import { isDocument } from '../../model/document.ts';
import { relationItems } from '../../model/relation-items.ts';
import { entityWords, splitWords } from '../../words.ts';
import type { Condition, FilterValue, PatternPiece, RangeBound, SearchTree } from '../tree.ts';
import { TEST_SCHEMA, type TestEntity } from './insert-entities.ts';

type FieldCondition = Exclude<Condition, { kind: 'ids' }>;
type Scalar = string | number | boolean;

/** The meaning of a tree, entity by entity in plain JavaScript: what the SQL is held against. */
export function naiveSearch(entities: readonly TestEntity[], tree: SearchTree): string[] {
  const byId = new Map(entities.map((entity) => [entity.id, entity]));
  return entities.filter((entity) => !entity.deletedAt && holds(tree, entity, byId)).map(({ id }) => id);
}

function holds(tree: SearchTree, entity: TestEntity, byId: ReadonlyMap<string, TestEntity>): boolean {
  switch (tree.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'and':
      return tree.clauses.every((clause) => holds(clause, entity, byId));
    case 'or':
      return tree.clauses.some((clause) => holds(clause, entity, byId));
    case 'not':
      return !holds(tree.clause, entity, byId);
    case 'related':
      return (relationItems(entity.doc[tree.attribute]) ?? []).some(({ entity_id: id }) => {
        const target = byId.get(id);
        return target !== undefined && !target.deletedAt && holds(tree.clause, target, byId);
      });
    case 'ids':
      return tree.values.includes(entity.id);
    default:
      return tree.field === undefined ? freely(tree, entity, byId) : inField(tree, tree.field, entity);
  }
}

function freely(
  condition: FieldCondition,
  entity: TestEntity,
  byId: ReadonlyMap<string, TestEntity>,
): boolean {
  const targets = Object.values(entity.doc)
    .flatMap((value) => relationItems(value) ?? [])
    .flatMap((item) => byId.get(item.entity_id) ?? [])
    .filter((target) => !target.deletedAt);
  const visible = entityWords(TEST_SCHEMA, entity.title, entity.doc).filter((word) => !word.startsWith('~'));
  if (condition.kind === 'words') {
    const words = splitWords(condition.text);
    if (words.length === 0) return false;
    const own =
      words.every((word) => visible.includes(word)) &&
      (words.length === 1 || [entity.title, ...texts(entity.doc)].some((text) => says(text, words)));
    return own || targets.some((target) => says(target.title, words));
  }
  if (condition.kind !== 'pattern') return false;
  const pattern = regularExpression(condition.pieces, true);
  const own = visible.some((word) => pattern.test(word));
  const reachesTitles = condition.pieces[0] !== undefined && 'literal' in condition.pieces[0];
  return (
    own ||
    (reachesTitles && targets.some((target) => splitWords(target.title).some((word) => pattern.test(word))))
  );
}

function texts(value: unknown): string[] {
  if (isScalar(value)) return [String(value)];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isDocument(value) ? Object.values(value).flatMap(texts) : [];
}

function inField(condition: FieldCondition, field: string, entity: TestEntity): boolean {
  if (field === '_id') return condition.kind === 'equal' && condition.values.includes(entity.id);
  if (field === '_schema') {
    if (condition.kind === 'words') return condition.text === entity.schema;
    return condition.kind === 'equal' && condition.values.includes(entity.schema);
  }
  if (field === '_title')
    return valueHolds(condition, entity.title, false) || (condition.kind === 'exists' && entity.title !== '');
  if (field === '_created_at')
    return condition.kind === 'range' && timeHolds(condition, entity.createdAt.getTime());
  const exact = field.endsWith('.keyword');
  const steps = (exact ? field.slice(0, -'.keyword'.length) : field).split('.');
  const values = unwrap(steps.reduce<unknown[]>(intoMember, [entity.doc]));
  if (condition.kind === 'exists') return unwrap(values).some(isSomething);
  return unwrap(values).some((value) => isScalar(value) && valueHolds(condition, value, exact));
}

function intoMember(values: unknown[], step: string): unknown[] {
  return unwrap(values).flatMap((value) =>
    isDocument(value) && Object.hasOwn(value, step) ? [value[step]] : [],
  );
}

function unwrap(values: readonly unknown[]): unknown[] {
  return values.flatMap((value): unknown[] => (Array.isArray(value) ? value : [value]));
}

function isSomething(value: unknown): boolean {
  const items = isDocument(value) ? value['$relation'] : undefined;
  return value !== null && !(Array.isArray(items) && items.length === 0);
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function valueHolds(condition: FieldCondition, value: Scalar, exact: boolean): boolean {
  switch (condition.kind) {
    case 'words':
      if (exact) return same(value, condition.text, true);
      return wordsHold(condition.text, value);
    case 'pattern': {
      const pattern = regularExpression(condition.pieces, !exact);
      return (
        pattern.test(String(value)) ||
        (!exact && splitWords(String(value)).some((word) => pattern.test(word)))
      );
    }
    case 'begins':
      return splitWords(String(value)).some((word) => beginsLike(word, condition.word));
    case 'equal':
      return condition.values.some((sought) =>
        same(value, sought, exact && condition.values.every((v) => typeof v === 'string')),
      );
    case 'range':
      return (
        (!condition.from || beyond(value, condition.from, 1, exact)) &&
        (!condition.to || beyond(value, condition.to, -1, exact))
      );
    case 'exists':
      return false;
  }
}

function wordsHold(text: string, value: Scalar): boolean {
  const words = splitWords(text);
  if (words.length === 0) return String(value).toLowerCase() === text.toLowerCase();
  const number = numberIn(value);
  if (number !== undefined && number === numberIn(text)) return true;
  return typeof value !== 'number' && says(String(value), words);
}

function same(value: Scalar, sought: FilterValue, textOnly: boolean): boolean {
  if (String(value) === String(sought)) return true;
  if (textOnly && typeof value !== 'number') return false;
  const number = numberIn(value);
  return number !== undefined && number === numberIn(sought);
}

/** `direction` is 1 where the value must be greater than the bound, -1 where it must be smaller. */
function beyond(value: Scalar, bound: RangeBound, direction: 1 | -1, exact: boolean): boolean {
  const text = String(bound.value);
  const number = numberIn(bound.value);
  if (number !== undefined) return ordered(numberIn(value), number, bound.inclusive, direction);
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const start = Date.parse(text);
    const end = text.length === 10 ? start + 86_399_999 : start;
    const edge = (direction === 1) === bound.inclusive ? start : end;
    const isDate = typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value);
    return ordered(isDate ? Date.parse(value) : undefined, edge, bound.inclusive, direction);
  }
  if (typeof value !== 'string') return false;
  const cased = (one: string) => (exact ? one : one.toLowerCase());
  const order = Buffer.compare(Buffer.from(cased(value)), Buffer.from(cased(text)));
  return ordered(order, 0, bound.inclusive, direction);
}

function timeHolds(range: Extract<Condition, { kind: 'range' }>, time: number): boolean {
  const iso = new Date(time).toISOString();
  return (
    (!range.from || (/^\d{4}-/.test(String(range.from.value)) && beyond(iso, range.from, 1, false))) &&
    (!range.to || (/^\d{4}-/.test(String(range.to.value)) && beyond(iso, range.to, -1, false)))
  );
}

function ordered(value: number | undefined, bound: number, inclusive: boolean, direction: 1 | -1): boolean {
  if (value === undefined) return false;
  return (inclusive && value === bound) || (direction === 1 ? value > bound : value < bound);
}

/** Numbers, and texts that are written like one without leading zeros. */
function numberIn(value: Scalar): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function says(text: string, words: readonly string[]): boolean {
  return ` ${splitWords(text).join(' ')} `.includes(` ${words.join(' ')} `);
}

function regularExpression(
  pieces: readonly PatternPiece[],
  ignoreCase: boolean,
): { test(text: string): boolean } {
  const source = pieces
    .map((piece) => {
      if ('literal' in piece)
        return (ignoreCase ? piece.literal.toLowerCase() : piece.literal).replace(/[^\p{L}\p{N}]/gu, '\\$&');
      return piece.wildcard === 'many' ? '.*' : '.';
    })
    .join('');
  const pattern = new RegExp(`^${source}$`, 's');
  return { test: (text) => pattern.test(ignoreCase ? text.toLowerCase() : text) };
}
