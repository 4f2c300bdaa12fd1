import type { JsonObject } from '../../../contract/json-object.ts';
import type { Operations } from '../../../contract/operation-types.ts';
import type { Entity } from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import { invalid, notFound } from '../../../refusal.ts';
import { loadContext } from '../../access/index.ts';
import { OWN_EXTENSION, type OwnQuestion } from '../../own-data/index.ts';
import { dataOf, type HookEngine } from '../engine/hook-engine.ts';
import { requireHook } from '../extensions/choose-hook.ts';
import type { HookType } from '../extensions/extension.ts';
import type { HooksPlatform } from '../hooks-platform.ts';
import { consumptionRecords, moneyRecords } from './series-records.ts';

interface SeriesQuestion {
  readonly app_id?: string | undefined;
  readonly extensionId: string;
  readonly hookId?: string | undefined;
  readonly meter_id?: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly interval: OwnQuestion['interval'];
  readonly context_entities?: Parameters<typeof loadContext>[1];
}

/** Consumption, prices and costs over time, from the third party an extension names (portal §9.4) or from what is stored here. */
export function dataOperations(
  { accessOf, own }: Pick<HooksPlatform, 'accessOf' | 'own'>,
  engine: HookEngine,
): Operations<'customer-portal'> {
  const series = async (
    call: Call<unknown>,
    type: HookType,
    question: SeriesQuestion,
    ask: (question: OwnQuestion) => Promise<unknown>,
  ) => {
    const { from, to, interval, meter_id: meterId, context_entities: references = [] } = question;
    const access = await accessOf(call);
    if (!(Date.parse(from) < Date.parse(to)))
      throw invalid({ path: 'query.to', message: 'must be after from' });
    const meter = meterId === undefined ? [] : [{ entity_id: meterId, entity_schema: 'meter' }];
    const hook = await requireHook(call.tenant, access.portal, type, {
      appId: question.app_id,
      extensionId: question.extensionId,
      hookId: question.hookId,
    });
    const entities = await loadContext(access, [...references, ...meter]);
    if (hook.extension.id === OWN_EXTENSION) {
      const asked = { queries: call.tenant, access, context: entities, from, to, interval };
      return { data: await ask(asked), entities };
    }
    const situation = {
      tenant: call.tenant,
      portalId: access.portal.portalId,
      portalUserId: access.user.portalUserId,
      contactId: access.user.contactId,
      entities,
      inputs: { Scope: { from, to, interval } },
    };
    const answer = await engine.run(hook, situation, { method: 'GET' });
    if (!answer) throw notFound('The data', 'UPSTREAM_NOT_FOUND');
    return { data: dataOf(hook, answer), entities };
  };

  return {
    async getConsumption(call) {
      const { data, entities } = await series(call, 'consumptionDataRetrieval', call.parameters, (asked) =>
        own.consumption(asked),
      );
      return { consumptions: consumptionRecords(data, unitOf(entities)) };
    },

    async getPrices(call): Promise<JsonObject> {
      const { data } = await series(call, 'priceDataRetrieval', call.parameters, (asked) =>
        own.prices(asked),
      );
      return { prices: moneyRecords(data) };
    },

    async getCosts(call): Promise<JsonObject> {
      const { data } = await series(call, 'costDataRetrieval', call.parameters, (asked) => own.costs(asked));
      return { costs: moneyRecords(data) };
    },
  };
}

/** The unit of the counter among the context entities. */
function unitOf(entities: readonly Entity[]): string | undefined {
  const unit = entities.find(({ schema }) => schema === 'meter_counter')?.doc['unit'];
  return typeof unit === 'string' && unit !== '' ? unit : undefined;
}
