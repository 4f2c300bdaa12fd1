import { type Document, type Entity, entityDocuments, findEntities } from '../../entities/index.ts';
import { catalogEvent, disabledEvents, emitEvents, hydrateEvent, type NewEvent } from '../../events/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import type { ReadingValues, Source } from '../reading.ts';

/** What a reading raises, by its source: customers read meters themselves, staff enter what they are told (events/catalog). */
const eventOf = (source: Source) => (source === '360' ? 'ServiceMeterReadingAdded' : 'MeterReadingAdded');

/** What consumers read as `source`: the catalog calls the portal by its name. */
const SOURCE_NAMES: Readonly<Record<Source, string>> = {
  ECP: 'portal',
  ERP: 'erp',
  '360': '360',
  'journey-submission': 'journey-submission',
};

/** Who caused the event, as the event shows it. */
export interface EventCause {
  readonly sourceType: string;
  readonly source: string | undefined;
}

/**
 * Raises one `MeterReadingAdded` per meter and instant with an item per counter, for readings of staff `ServiceMeterReadingAdded` (entities.md 11).
 * Readings whose source is the ERP raise none, or they would be sent back to it.
 */
export async function raiseReadingAdded(
  tx: TenantTransaction,
  written: readonly ReadingValues[],
  cause: EventCause,
  now: Date,
): Promise<void> {
  const told = written.filter(({ source }) => source !== 'ERP');
  if (told.length === 0) return;
  const disabled = await disabledEvents(tx, [...new Set(told.map(({ source }) => eventOf(source)))]);
  const readings = told.filter(({ source }) => !disabled.has(eventOf(source)));
  if (readings.length === 0) return;
  const ids = readings.flatMap(({ meterId, counterId }) => [meterId, counterId ?? []].flat());
  const entities = new Map((await findEntities(tx, ids)).map((entity) => [entity.id, entity]));
  const submissions = Map.groupBy(readings, submissionOf);
  const events: NewEvent[] = [];
  for (const items of submissions.values()) events.push(await describe(tx, items, entities, cause));
  await emitEvents(tx, events, now);
}

function submissionOf({ meterId, timestamp, source, details }: ReadingValues): string {
  return JSON.stringify([meterId, timestamp, source, details['read_by']]);
}

async function describe(
  tx: TenantTransaction,
  readings: readonly ReadingValues[],
  entities: ReadonlyMap<string, Entity>,
  { sourceType, source }: EventCause,
): Promise<NewEvent> {
  const [first] = readings;
  const name = eventOf(first?.source ?? 'ECP');
  const meter = first && entities.get(first.meterId);
  const graph = catalogEvent(name)?.graph;
  const around =
    graph && meter
      ? await hydrateEvent(tx, graph, { node: 'meter', entities: await entityDocuments(tx, [meter]) })
      : {};
  const remarks = new Set(
    readings.map(({ details }) => details['remark']).filter((remark) => typeof remark === 'string'),
  );
  return {
    name,
    payload: {
      ...around,
      meter_readings: readings.map((reading) => item(reading, entities.get(reading.counterId ?? ''))),
      ...(first ? { reading_date: first.timestamp.toISOString(), source: SOURCE_NAMES[first.source] } : {}),
      ...(typeof first?.details['read_by'] === 'string' ? { read_by: first.details['read_by'] } : {}),
      remarks: [...remarks],
    },
    sourceType,
    ...(source === undefined ? {} : { source }),
  };
}

function item(reading: ReadingValues, counter: Entity | undefined): Document {
  const members = {
    counter_id: reading.counterId,
    counter_external_id: counter?.doc['external_id'],
    obis_number: counter?.doc['obis_number'],
    value: reading.value,
    unit: reading.details['unit'] ?? counter?.doc['unit'],
    direction: reading.direction,
  };
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null),
  );
}
