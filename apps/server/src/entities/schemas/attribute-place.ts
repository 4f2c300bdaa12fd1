import type { EntitySchema } from './entity-schema.ts';

/** An attribute with the id and the label of its group. */
export function placeOf(
  schema: EntitySchema | undefined,
  member: string,
): { name: string; groups: string[] } {
  const name = schema?.owningAttribute(member) ?? member;
  const group = schema?.attribute(name)?.['group'];
  if (typeof group !== 'string') return { name, groups: [] };
  const label = schema?.groupLabel(group);
  return { name, groups: label === undefined || label === group ? [group] : [group, label] };
}
