import type { Operations } from '../../contract/operation-types.ts';
import { type Document, findEntities, relatedIds } from '../../entities/index.ts';
import { countersOf } from '../counters/resolve-counter.ts';
import type { MeteringPlatform } from './platform.ts';
import { viewerOf } from './viewer.ts';

/** Meters and counters, for their portal users and for staff (entities.md 12). */
export function meterOperations(platform: MeteringPlatform): Operations<'metering'> {
  return {
    async getMeterCounters(call) {
      const viewer = await viewerOf(platform, call);
      const meter = await viewer.load('meter', call.parameters.meter_id);
      const counters = await viewer.filter(await countersOf(call.tenant, meter.id));
      return { data: counters.map((counter) => counterToWire(viewer.show(counter) ?? {})) };
    },

    async getMetersByContractId(call) {
      const viewer = await viewerOf(platform, call);
      const contract = await viewer.load('contract', call.parameters.contract_id);
      const related = await relatedIds(call.tenant, [contract.id], { schema: 'meter' });
      const ids = related.map(({ id }) => id);
      const meters = await viewer.filter(await findEntities(call.tenant, ids));
      return { data: meters.map((meter) => meterToWire(viewer.show(meter) ?? {})) };
    },
  };
}

/** The contract wants the forecast as text; the schema of entities keeps a number. */
function counterToWire(counter: Document): Document {
  const forecast = counter['forecast_reading_value'];
  return typeof forecast === 'number' ? { ...counter, forecast_reading_value: String(forecast) } : counter;
}

/** The contract wants the location as an object with `additional_info`; the schema of entities keeps a text. */
function meterToWire(meter: Document): Document {
  const location = meter['location'];
  return typeof location === 'string' ? { ...meter, location: { additional_info: location } } : meter;
}
