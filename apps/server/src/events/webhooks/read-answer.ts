import { STATUS_CODES } from 'node:http';
import { EgressError, type EgressStream } from '../../ports/index.ts';
import type { HttpResponse } from './delivery.ts';
import type { Masking } from './masking.ts';

/** Bytes of an answer that are kept (erp-integration.md 11.3). */
const KEPT_BYTES = 4_096;
/** Bytes that are read so that the connection can be used again; beyond them it is given up. */
const READ_BYTES = 65_536;
const HIDDEN_HEADERS = new Set(['set-cookie', 'authorization', 'proxy-authenticate', 'www-authenticate']);

/**
 * What is kept of an answer: status, headers and the beginning of the body, secrets of the request masked. The status has been received, so
 * a body that ends too early or never does not change the outcome.
 */
export async function readAnswer(answer: EgressStream, masking: Masking): Promise<HttpResponse> {
  const text = masking.mask(await readBeginning(answer));
  const headers = Object.entries(answer.headers).filter(([name]) => !HIDDEN_HEADERS.has(name));
  return {
    status_code: answer.status,
    message: STATUS_CODES[answer.status] ?? `Status ${answer.status}`,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, masking.mask(value).slice(0, 512)])),
    ...(text === '' ? {} : { body: asObject(text) }),
  };
}

async function readBeginning(answer: EgressStream): Promise<string> {
  const kept: Uint8Array[] = [];
  let read = 0;
  try {
    for await (const chunk of answer.body) {
      if (read < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - read));
      read += chunk.length;
      if (read > READ_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
  }
  // A NUL cannot be stored in jsonb.
  return Buffer.concat(kept).toString('utf8').replaceAll('\u0000', '\ufffd');
}

function asObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !text.includes('\\u0000'))
      return { ...value };
  } catch {
    // Not JSON, or cut off: kept as text.
  }
  return { text };
}
