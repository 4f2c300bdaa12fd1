import { Refusal } from '../../refusal.ts';

/** The contract's reasons why a reading is not taken. */
export type RefusedReadingReason =
  | 'no_counter'
  | 'no_direction'
  | 'timestamp_future'
  | 'less_than_previous'
  | 'greater_than_subsequent'
  | 'meter_decommissioned'
  | 'duplicate_reading'
  | 'too_many_records'
  | 'invalid_identifiers'
  | 'multiple_readings_found';

const MESSAGES: Readonly<Record<RefusedReadingReason, string>> = {
  no_counter: 'The meter has no such counter, or several and none was named',
  no_direction: 'The direction of the reading is not known',
  timestamp_future: 'The reading lies in the future',
  less_than_previous: 'The value is less than the previous reading',
  greater_than_subsequent: 'The value is greater than the next reading or than the counter can show',
  meter_decommissioned: 'The meter is decommissioned',
  duplicate_reading: 'There is a reading of this counter at this time already',
  too_many_records: 'A request may hold 100 readings',
  invalid_identifiers:
    'A reading must have a value for each identifier, and identifiers must name members of a reading',
  multiple_readings_found: 'Several readings fit the identifiers',
};

/** 400 with the contract's `reason`; `position` names the reading of a batch. */
export function refusedReading(reason: RefusedReadingReason, position?: number): Refusal {
  const place = position === undefined ? '' : `readings[${position}]: `;
  return new Refusal(400, reason.toUpperCase(), `${place}${MESSAGES[reason]}`, { reason });
}
