import type { Api, Operations } from '../contract/operation-types.ts';
import type { Call } from '../http/call.ts';
import type { AnyHandler } from '../http/operation-route.ts';

/** Told which entity somebody has opened, after they got it. */
export type EntityOpened = (org: string, schema: string, id: string) => void;

/** What an operation has opened: the whole answer is an entity, or its member `entity` is. */
const ENTITY_IN: Readonly<Record<string, 'answer' | 'member'>> = {
  getEntityV2: 'answer',
  getEntity: 'member',
  getContact: 'member',
  getContract: 'member',
};

/** The same operations; those that open one entity tell so. */
export function tellingWhatIsOpened<A extends Api>(
  operations: Operations<A>,
  opened: EntityOpened,
): Operations<A> {
  const told = Object.entries(operations).map(([operationId, handler]) => {
    const place = ENTITY_IN[operationId];
    if (!place) return [operationId, handler];
    // The typed signature of each handler is kept by its name; this only calls it.
    const run = handler as AnyHandler;
    const telling: AnyHandler = async (call: Call) => {
      const answer = await run(call);
      const entity = place === 'answer' ? answer : member(answer, 'entity');
      const [schema, id] = [member(entity, '_schema'), member(entity, '_id')];
      if (typeof schema === 'string' && typeof id === 'string') opened(call.tenant.org, schema, id);
      return answer;
    };
    return [operationId, telling];
  });
  return Object.fromEntries(told);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}
