import { sniff } from '../../../files/index.ts';
import { invalid } from '../../../refusal.ts';
import { forgetLocation } from './forget-location.ts';

/** A decoded picture of a meter. */
export interface Photo {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
}

/** 10 MiB, decoded. */
const MOST_BYTES = 10 * 1024 * 1024;
const MIME_TYPES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/heic']);
const DATA_URL = /^data:[\w/+.;=-]{0,100};base64,/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * Decodes a photo sent as Base64 or as a data URL, without the place where it was taken. Throws 400 when it is no picture of the kind it is said
 * to be, or larger than 10 MiB.
 */
export function readPhoto(declared: string, contents: string): Photo {
  const mimeType = declared.toLowerCase() === 'image/jpg' ? 'image/jpeg' : declared.toLowerCase();
  if (!MIME_TYPES.has(mimeType)) {
    throw invalid({ path: 'body.mime_type', message: `must be one of ${[...MIME_TYPES].join(', ')}` });
  }
  const encoded = contents.replace(DATA_URL, '').replace(/\s/g, '');
  if (!BASE64.test(encoded)) throw invalid({ path: 'body.contents', message: 'is no Base64 text' });
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length > MOST_BYTES) throw invalid({ path: 'body.contents', message: 'is larger than 10 MiB' });
  if (sniff(bytes) !== mimeType) throw invalid({ path: 'body.contents', message: `is no ${mimeType}` });
  return { bytes: forgetLocation(bytes, mimeType), mimeType };
}
