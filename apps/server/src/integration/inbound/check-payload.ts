import { MalformedPayloadError, parsePayload } from '@busbar/mapping';
import type { IncomingEvent } from './incoming-event.ts';
import type { EventProblem } from './problem-code.ts';

/** Largest serialised payload of one event in bytes (erp-integration.md 2.4). */
const MOST_PAYLOAD_BYTES = 1_048_576;

/** The payload as it is stored, or why it cannot be accepted. */
export type CheckedPayload = { readonly text: string } | { readonly refused: EventProblem };

/** Checks size and syntax of a payload; an object is stored as its JSON (erp-integration.md 3.2, 5). */
export function checkPayload({ format, payload }: IncomingEvent): CheckedPayload {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  if (text.length > MOST_PAYLOAD_BYTES || Buffer.byteLength(text) > MOST_PAYLOAD_BYTES)
    return refusal('PAYLOAD_TOO_LARGE', `The payload is larger than ${MOST_PAYLOAD_BYTES} bytes`);
  try {
    parsePayload(format, payload);
    return { text };
  } catch (error) {
    if (!(error instanceof MalformedPayloadError)) throw error;
    return refusal(error.code, error.message);
  }
}

function refusal(code: string, message: string): CheckedPayload {
  return { refused: { severity: 'error', code, category: 'validation', message } };
}
