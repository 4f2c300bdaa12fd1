import type { BodyOf } from '../../../contract/operation-types.ts';
import type { Document } from '../../../entities/index.ts';
import type { SubmittedReading } from '../../../metering/index.ts';

const REASONS: ReadonlySet<string> = new Set([
  'regular',
  'irregular',
  'last',
  'first',
  'meter_change',
  'contract_change',
  'meter_adjustment',
]);

/**
 * A portal user's reading as the metering domain takes it (spec/portal.md §8.1): the source is always `ECP`, status and external id are not the
 * customer's to set, a reason that is none of the contract's seven becomes the remark unless there is one, and `note` is read as `remark`.
 */
export function submittedReading(
  body: NonNullable<BodyOf<'customer-portal', 'createMeterReading'>>,
): SubmittedReading {
  const { meter_id: meterId, counter_id: counterId, direction, timestamp, value } = body;
  const written = typeof body.reason === 'string' ? body.reason.trim() : '';
  const isKnown = REASONS.has(written);
  const remark = [body.remark, noteOf(body), isKnown ? undefined : written].find(
    (text) => typeof text === 'string' && text !== '',
  );
  const details: Document = {
    ...(typeof body.read_by === 'string' ? { read_by: body.read_by } : {}),
    ...(remark === undefined ? {} : { remark }),
    ...(body.metadata === undefined ? {} : { metadata: body.metadata }),
  };
  return {
    ...{ meterId, counterId, direction, timestamp, value, details },
    source: 'ECP',
    reason: isKnown ? written : null,
  };
}

/** The remark's former name, which the contract does not list any more. */
function noteOf(body: object): unknown {
  return 'note' in body ? body.note : undefined;
}
