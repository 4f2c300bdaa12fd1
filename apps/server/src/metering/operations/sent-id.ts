import { isEntityId } from '../../entities/index.ts';
import { invalid } from '../../refusal.ts';

/**
 * An entity's id as a client sent it, in the form it is stored. The contract's `format: uuid` also lets URNs and capital letters through.
 * @throws Refusal 400 naming the `path`
 */
export function sentId(path: string, id: string): string {
  const lower = id.toLowerCase();
  if (!isEntityId(lower)) throw invalid({ path, message: 'is no id of an entity' });
  return lower;
}
