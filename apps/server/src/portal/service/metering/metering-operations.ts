import type { Operations } from '../../../contract/operation-types.ts';
import { createActivity, type Document } from '../../../entities/index.ts';
import {
  allowedRanges,
  checkReading,
  type PreparedReading,
  prepareReading,
  READ_ATTRIBUTE,
  readInstant,
  readingToWire,
  refusedReading,
} from '../../../metering/index.ts';
import { forbidden, invalid } from '../../../refusal.ts';
import { loadContext } from '../../access/index.ts';
import { approvalAttributes, portalSource, recordPortalChanges } from '../../entities/index.ts';
import type { ServicePlatform } from '../service-platform.ts';
import { contractsForReading } from './contract-period.ts';
import { judgePlausibility } from './judge-plausibility.ts';
import { meterOfUser } from './meter-of-user.ts';
import type { CounterLimits } from './plausibility-hook.ts';
import { READING_ATTRIBUTE, requireReadingCadence } from './reading-cadence.ts';
import { submittedReading } from './submitted-reading.ts';

/** Meters as customers read them (spec/portal.md §8). */
export function meteringOperations(
  platform: Pick<ServicePlatform, 'accessOf' | 'clock' | 'metering' | 'plausibility'>,
): Operations<'customer-portal'> {
  const { accessOf, clock, metering, plausibility } = platform;
  return {
    async createMeterReading(call) {
      const access = await accessOf(call);
      const { tenant } = call;
      const submitted = submittedReading(call.body);
      const meter = await meterOfUser(access, submitted.meterId);
      if (!access.allows('meter_reading:create', '*')) throw forbidden('Not permitted: meter_reading:create');

      const now = clock.now();
      const prepared = await prepareReading(tenant, submitted, now);
      const contracts = await contractsForReading(access, tenant, meter.id, prepared.timestamp);
      const problem = await checkReading(tenant, prepared);
      if (problem) throw refusedReading(problem);
      const counterId = prepared.counter?.id ?? meter.id;
      await requireReadingCadence(access, tenant, counterId, now);
      const reading = writtenReading(prepared);
      const question = { access, tenant, meter, counter: prepared.counter, reading, context: contracts };
      const insists = call.parameters.override_plausibility === true;
      const status = await judgePlausibility(plausibility, question, prepared, insists);

      return tenant.transaction(async (tx) => {
        const source = portalSource(access.user);
        const activity = await createActivity(
          tx,
          {
            type: 'CreateMeterReading',
            title: 'Meter reading submitted',
            message: '{{caller}} submitted a reading of {{entity payload.entity.id payload.entity.schema}}',
            payload: { entity: { id: meter.id, schema: 'meter' }, reading: { ...reading, status } },
          },
          [meter.id, ...contracts.map(({ id }) => id)],
          source,
          now,
        );
        const stored = await metering.createReading(tx, prepared, {
          source,
          activityId: activity.id,
          status,
          needsApproval: approvalAttributes(access, 'meter_counter').has(READ_ATTRIBUTE),
        });
        // Asked again now that nobody else can submit for this meter.
        const settled = clock.now();
        await requireReadingCadence(access, tx, counterId, settled);
        await recordPortalChanges(tx, counterId, [READING_ATTRIBUTE], new Set(), settled);
        return { data: readingToWire(stored) };
      });
    },

    async getAllowedMeterReadingRange(call) {
      const access = await accessOf(call);
      const { tenant } = call;
      const { meter_id: meterId, timestamp: written, context_entities: references } = call.parameters;
      const meter = await meterOfUser(access, meterId);
      const timestamp = written === undefined ? clock.now() : readInstant(written)?.instant;
      if (!timestamp) throw invalid({ path: 'query.timestamp', message: 'is no date and no instant' });
      if ((await plausibility.modeOf(access.portal, tenant)) !== 'range') {
        const message = 'the portal has no plausibility check that names ranges';
        throw invalid({ path: 'path.meter_id', message }, 'NO_RANGE_CHECK');
      }
      const context = await loadContext(access, references);
      const ranges = await allowedRanges(tenant, meter.id, timestamp);
      const counters = ranges.map(({ counter }) => counter);
      const limits = await plausibility.limits({ access, tenant, meter, context, counters, timestamp });
      const byCounter = new Map(limits.map((limit) => [limit.counterId, limit]));
      return {
        data: ranges.map(({ counter, ...own }) => ({
          meter_counter_id: counter.id,
          ...tightened(own, byCounter.get(counter.id)),
        })),
      };
    },
  };
}

/** A reading about to be stored, as clients see readings. */
function writtenReading({ meter, counter, direction, timestamp, submitted }: PreparedReading): Document {
  return {
    ...submitted.details,
    meter_id: meter.id,
    ...(counter ? { counter_id: counter.id } : {}),
    direction,
    value: submitted.value,
    timestamp: timestamp.toISOString(),
    source: submitted.source,
    reason: submitted.reason ?? null,
  };
}

type Limits = Pick<CounterLimits, 'min' | 'max'>;

/** The narrower of two ranges; null is no limit. */
function tightened(
  own: Limits,
  named: Limits | undefined,
): { min_value: number | null; max_value: number | null } {
  const lower = [own.min, named?.min ?? null].filter((limit) => limit !== null);
  const upper = [own.max, named?.max ?? null].filter((limit) => limit !== null);
  return {
    min_value: lower.length > 0 ? Math.max(...lower) : null,
    max_value: upper.length > 0 ? Math.min(...upper) : null,
  };
}
