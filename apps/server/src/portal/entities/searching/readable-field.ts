import type { EntitySchema } from '../../../entities/index.ts';
import { allOf, NONE, type SearchTree } from '../../../entities/search/index.ts';
import { leadsDown, type PortalAccess } from '../../access/index.ts';

/** System members that every portal user sees (spec/portal.md §5.2). */
const SYSTEM: ReadonlySet<string> = new Set([
  ...['_id', '_title', '_org', '_schema', '_created_at', '_updated_at', '_tags', '_purpose'],
]);

/** What a field of a request means for one schema. */
export type ReadableField =
  /** No schema of the organisation has it. */
  | { readonly kind: 'unknown' }
  /** Other schemas have it: entities of this one have no value there. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'hidden' }
  | {
      readonly kind: 'readable';
      /** Puts a condition on the field: on the entity itself, or on the readable ones that a relation refers to. */
      where(condition: (field: string) => SearchTree): SearchTree;
      /** The relation that the field begins with. */
      readonly relation: string | undefined;
    };

/**
 * Finds a field such as `status`, `status.keyword`, `email.email` or `customer.first_name`, and whether the user may know its values: what
 * they cannot view, they cannot ask for either.
 */
export function readableField(access: PortalAccess, slug: string, field: string): ReadableField {
  const schema = access.schemas.find(slug);
  const [member = '', ...rest] = withoutKeyword(field).split('.');
  if (SYSTEM.has(member)) return own(field);
  if (!mayView(access, slug, member, rest)) return { kind: 'hidden' };
  if (!schema?.attribute(schema.owningAttribute(member))) {
    return { kind: isKnownSomewhere(access, member) ? 'absent' : 'unknown' };
  }
  if (!schema.isRelation(member) || rest.length === 0 || rest[0] === '$relation') return own(field);
  return related(access, schema, member, field.slice(member.length + 1));
}

/** A pending value is as visible as its attribute. */
function mayView(access: PortalAccess, slug: string, member: string, rest: readonly string[]): boolean {
  const [attribute] = rest;
  if (member === '_changesets' && (attribute === undefined || !access.canViewAttribute(slug, attribute)))
    return false;
  return access.canViewAttribute(slug, member);
}

function isKnownSomewhere(access: PortalAccess, member: string): boolean {
  return access.schemas
    .all()
    .some((schema) => schema.attribute(schema.owningAttribute(member)) !== undefined);
}

function own(field: string): ReadableField {
  return { kind: 'readable', relation: undefined, where: (condition) => condition(field) };
}

/** A field of related entities: readable in those of their schemas where the user may view it, and where the relation leads down. */
function related(
  access: PortalAccess,
  schema: EntitySchema,
  attribute: string,
  field: string,
): ReadableField {
  const allowed = schema.attribute(attribute)?.allowedSchemas;
  const slugs = access
    .viewableSchemas()
    .filter((slug) => !allowed || allowed.length === 0 || allowed.includes(slug))
    .filter((slug) => leadsDown(schema.slug, attribute, slug));
  const [member = '', ...rest] = withoutKeyword(field).split('.');
  const knowing = slugs.filter((slug) => {
    const target = access.schemas.find(slug);
    return SYSTEM.has(member) || target?.attribute(target.owningAttribute(member)) !== undefined;
  });
  if (slugs.length > 0 && knowing.length === 0) return { kind: 'unknown' };
  const readable = knowing.filter((slug) => SYSTEM.has(member) || mayView(access, slug, member, rest));
  if (readable.length === 0) return { kind: 'hidden' };
  return {
    kind: 'readable',
    relation: attribute,
    where: (condition) => ({
      kind: 'related',
      attribute,
      clause: allOf([{ kind: 'equal', field: '_schema', values: readable }, condition(field)]),
    }),
  };
}

function withoutKeyword(field: string): string {
  return field.endsWith('.keyword') ? field.slice(0, -'.keyword'.length) : field;
}

/** Conditions of a filter, with those on related entities put in place; `refuse` decides on fields the user may not ask for. */
export function readableTree(
  access: PortalAccess,
  slugs: readonly string[],
  tree: SearchTree,
  refuse: (field: string, kind: 'unknown' | 'hidden') => Error,
): SearchTree {
  switch (tree.kind) {
    case 'and':
    case 'or':
      return { ...tree, clauses: tree.clauses.map((clause) => readableTree(access, slugs, clause, refuse)) };
    case 'not':
      return { ...tree, clause: readableTree(access, slugs, tree.clause, refuse) };
    case 'all':
    case 'none':
    case 'ids':
    case 'related':
      return tree;
    default: {
      if (tree.field === undefined) return NONE;
      const { field } = tree;
      const known = slugs.map((slug) => readableField(access, slug, field));
      if (known.some(({ kind }) => kind === 'hidden')) throw refuse(field, 'hidden');
      const found = known.find((one) => one.kind === 'readable');
      if (found?.kind !== 'readable') {
        if (known.some(({ kind }) => kind === 'absent')) return NONE;
        throw refuse(field, 'unknown');
      }
      return found.where((inner) => ({ ...tree, field: withoutKeyword(inner) }));
    }
  }
}
