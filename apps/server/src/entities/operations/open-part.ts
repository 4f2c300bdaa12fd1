import type { Granted } from '../../identity/index.ts';
import type { EntitySchema } from '../schemas/entity-schema.ts';
import { ALL, allOf, anyOf, NONE, notOf, type SearchTree } from '../search/index.ts';

type PartialGrant = Exclude<Granted, 'all'>[number];
type GrantCondition = PartialGrant['conditions'][number];

/** System members that conditions of grants may look at beside the schema's attributes. */
const SYSTEM_MEMBERS: ReadonlySet<string> = new Set(['_id', '_tags', '_purpose']);

/**
 * The entities of a schema that grants open, as a search (identity §4.3). A grant with a condition that no search can ask (of the current user,
 * with wildcards, on what the schema does not have) opens nothing here; single entities it still opens.
 */
export function openPart(schema: EntitySchema, granted: readonly Granted[]): SearchTree {
  const parts = granted.map((part) =>
    part === 'all' ? ALL : anyOf(part.flatMap((grant) => grantTree(schema, grant) ?? [])),
  );
  if (parts.some(({ kind }) => kind === 'none')) return NONE;
  return allOf(parts.filter(({ kind }) => kind !== 'all'));
}

function grantTree(schema: EntitySchema, { id, conditions }: PartialGrant): SearchTree | undefined {
  const held = conditions.map((condition) => conditionTree(schema, condition));
  if (!held.every((tree) => tree !== undefined)) return undefined;
  return allOf([...(id === undefined ? [] : [{ kind: 'ids' as const, values: [id] }]), ...held]);
}

function conditionTree(schema: EntitySchema, condition: GrantCondition): SearchTree | undefined {
  if (condition.operation !== 'equals' && condition.operation !== 'not_equals') return undefined;
  const { attribute, values } = condition;
  const steps = attribute.split('.');
  const [member = ''] = steps;
  const isKnown =
    SYSTEM_MEMBERS.has(member) || schema.attribute(schema.owningAttribute(member)) !== undefined;
  if (!isKnown || steps.some((step) => step === '*' || /^\d*$/.test(step))) return undefined;
  if (!values.every((value) => typeof value !== 'object')) return undefined;
  const texts = values.map(String);
  const equal: SearchTree =
    texts.length === 0 ? NONE : { kind: 'equal', field: `${attribute}.keyword`, values: texts };
  return condition.operation === 'equals' ? equal : notOf(equal);
}
