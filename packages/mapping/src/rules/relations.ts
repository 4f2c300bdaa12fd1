import type { ConfigNode } from '../configuration/config-node.ts';
import type { ReadSource } from './field-source.ts';
import { compileLinkList, type ResolveLink } from './link-list.ts';
import { compileLinkedEntity, type LinkedEntity, resolveLinkedEntity } from './linked-entity.ts';
import { compileTags } from './repeatable.ts';

/** A target of a relation as mapped; `_tags` only when there is at least one (spec ERP §6.9). */
export interface RelationTarget extends LinkedEntity {
  readonly _tags?: readonly string[];
}

/** Compiles the `relations` of a field: `{ "$relation": { "_set": [ … ] } }` (spec ERP §6.9). */
export function compileRelations(node: ConfigNode, attribute: string): ReadSource | undefined {
  return compileLinkList(node, attribute, '$relation', compileRelation);
}

function compileRelation(node: ConfigNode, attribute: string): ResolveLink | undefined {
  const entity = compileLinkedEntity(node);
  if (!entity) return undefined;
  const tags = compileTags(node.member('_tags'));
  return (run, scope): RelationTarget | undefined => {
    const target = resolveLinkedEntity(entity, attribute, run, scope);
    return target && tags ? { ...target, _tags: tags } : target;
  };
}
