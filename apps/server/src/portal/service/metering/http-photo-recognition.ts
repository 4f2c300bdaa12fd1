import { asObject } from '../../../contract/json-object.ts';
import { parseJsonBody } from '../../../http/json-body.ts';
import type { Egress } from '../../../ports/index.ts';
import type { PhotoRecognition, RecognisedReading } from './photo-recognition.ts';

/** Where photos are sent, and the token that is sent along. */
export interface PhotoRecognitionService {
  readonly url: string;
  readonly token?: string | undefined;
}

/** A customer waits for the answer to the upload. */
const TIMEOUT_MS = 15_000;
const MOST_BYTES = 64 * 1024;
const READING = /^\d{1,15}(\.\d{1,6})?$/;
const SECTORS: ReadonlySet<unknown> = new Set(['power', 'gas', 'water', 'district_heating', 'waste_water']);
const MOST_METER_NUMBERS = 20;
const LONGEST_METER_NUMBER = 100;

/**
 * Reads meters off photos by asking a service over HTTP: the picture is the body of a POST, its type the `Content-Type`, the token a bearer. It
 * answers `{ reading?, sector?, meter_numbers? }` as spec/portal.md §8.3 names them; members of another form are left out. Throws `EgressError`
 * without an answer, and an error for an answer that is none.
 */
export function httpPhotoRecognition(
  egress: Egress,
  { url, token }: PhotoRecognitionService,
): PhotoRecognition {
  return {
    async recognise({ bytes, mimeType }) {
      const { status, body } = await egress.fetch({
        method: 'POST',
        url,
        headers: {
          'content-type': mimeType,
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: bytes,
        timeoutMs: TIMEOUT_MS,
        maxResponseBytes: MOST_BYTES,
      });
      if (status !== 200) throw new Error(`The photo recognition answered ${status}`);
      return recognisedReading(parseJsonBody(Buffer.from(body).toString()));
    },
  };
}

function recognisedReading(answer: unknown): RecognisedReading {
  const { reading, sector, meter_numbers: numbers } = asObject(answer);
  const shown = typeof reading === 'number' ? String(reading) : reading;
  const meterNumbers = Array.isArray(numbers) ? numbers.filter(isMeterNumber) : [];
  return {
    ...(typeof shown === 'string' && READING.test(shown) ? { reading: shown } : {}),
    ...(typeof sector === 'string' && SECTORS.has(sector) ? { sector } : {}),
    ...(meterNumbers.length > 0 ? { meterNumbers: meterNumbers.slice(0, MOST_METER_NUMBERS) } : {}),
  };
}

function isMeterNumber(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_METER_NUMBER;
}
