import { asObject } from '../../../contract/json-object.ts';
import type { Entity } from '../../../entities/index.ts';
import { upstreamRefusal, type Variables } from '../../../third-party/index.ts';
import type { CounterLimits, MeterQuestion, PlausibilityHook } from '../../service/index.ts';
import { dataOf, type HookAnswer, type HookEngine, resolvedMember } from '../engine/hook-engine.ts';
import { findChosenHook } from '../extensions/choose-hook.ts';
import type { Hook } from '../extensions/extension.ts';

const TYPE = 'meterReadingPlausibilityCheck';

/** The `meterReadingPlausibilityCheck` hooks of portals (portal §9.4). */
export function plausibilityHook(engine: HookEngine): PlausibilityHook {
  const run = async (question: MeterQuestion, counter: Entity | undefined, inputs: Variables) => {
    const { access, tenant, meter, context } = question;
    const hook = await findChosenHook(tenant, access.portal, TYPE);
    if (!hook) throw upstreamRefusal('UPSTREAM_ERROR');
    const situation = {
      tenant,
      portalId: access.portal.portalId,
      portalUserId: access.user.portalUserId,
      contactId: access.user.contactId,
      entities: [...context, meter, ...(counter ? [counter] : [])],
      inputs,
    };
    const answer = await engine.run(hook, situation, { method: 'POST', methodIsFixed: true });
    if (!answer) throw upstreamRefusal('UPSTREAM_ERROR');
    return { hook, answer };
  };

  return {
    async modeOf({ config }, tenant) {
      const hook = await findChosenHook(tenant, { config }, TYPE);
      return hook && (hook.definition['plausibility_mode'] === 'range' ? 'range' : 'check');
    },

    async check(question) {
      const { hook, answer } = await run(question, question.counter, { Reading: question.reading });
      const valid = resolvedMember(hook, 'valid', answer.variables) ?? asObject(answer.data)['valid'];
      if (valid !== true && valid !== false && valid !== 'true' && valid !== 'false') {
        throw upstreamRefusal('UPSTREAM_INVALID_RESPONSE');
      }
      return {
        isPlausible: valid === true || valid === 'true',
        lower: numberOf(resolvedMember(hook, 'lower_limit', answer.variables)),
        upper: numberOf(resolvedMember(hook, 'upper_limit', answer.variables)),
      };
    },

    async limits(question) {
      const [only, another] = question.counters;
      const reading = { timestamp: question.timestamp.toISOString() };
      const { hook, answer } = await run(question, another ? undefined : only, { Reading: reading });
      return limitsOf(hook, answer, question.counters);
    },
  };
}

function limitsOf(hook: Hook, answer: HookAnswer, counters: readonly Entity[]): CounterLimits[] {
  const items = dataOf(hook, answer);
  if (!Array.isArray(items)) throw upstreamRefusal('UPSTREAM_INVALID_RESPONSE');
  return items.flatMap((item: unknown) => {
    const variables = { ...answer.variables, Item: item };
    const named = resolvedMember(hook, 'counter_identifiers', variables);
    const counter = counters.find((candidate) => isNamed(candidate, named));
    if (!counter) return [];
    const min = numberOf(resolvedMember(hook, 'lower_limit', variables)) ?? null;
    const max = numberOf(resolvedMember(hook, 'upper_limit', variables)) ?? null;
    return [{ counterId: counter.id, min, max }];
  });
}

/** By id, or by attributes that all have to agree. */
function isNamed({ id, doc }: Entity, named: unknown): boolean {
  if (typeof named === 'string') return named === id;
  const attributes = Object.entries(asObject(named));
  return (
    attributes.length > 0 &&
    attributes.every(([name, value]) => doc[name] !== undefined && String(doc[name]) === String(value))
  );
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'string' && value.trim() === '') return undefined;
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
