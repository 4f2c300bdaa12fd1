import { parseXml } from '../xml/parse-xml.ts';
import { admitJson } from './admit-json.ts';
import { MalformedPayloadError } from './malformed-payload-error.ts';
import { MAX_PAYLOAD_CHARACTERS } from './payload-limits.ts';

/** Formats of an ERP payload (contract: `format` of events and simulations). */
export type PayloadFormat = 'json' | 'xml';

/**
 * Turns the payload of an event into the JSON value that mappings see.
 *
 * `json`: a string is parsed (the last of duplicate members wins), an object is used as it is; only objects and, out of
 * strings, arrays are accepted at the root (spec ERP §5.1). `xml`: a string is parsed by the conventions of spec ERP
 * §5.2; an object is refused. Strings may have 6 Mi characters, both formats 200 levels. The result may share structure
 * with the argument and has to be treated as frozen.
 *
 * @throws MalformedPayloadError code `MALFORMED_PAYLOAD`
 */
export function parsePayload(format: PayloadFormat, payload: unknown): unknown {
  if (typeof payload !== 'string') {
    if (format === 'xml') throw new MalformedPayloadError('A payload in XML must be a string');
    if (Array.isArray(payload)) throw new MalformedPayloadError('An array can only be sent as a string');
    return admitJson(payload);
  }
  if (payload.length > MAX_PAYLOAD_CHARACTERS) {
    throw new MalformedPayloadError(`The payload is longer than ${MAX_PAYLOAD_CHARACTERS} characters`);
  }
  return format === 'xml' ? parseXml(payload) : admitJson(parseJsonText(payload));
}

function parseJsonText(text: string): unknown {
  try {
    const document: unknown = JSON.parse(text);
    return document;
  } catch {
    // The engine's message quotes the text, which may hold personal data (spec ERP §11.1).
    throw new MalformedPayloadError('The payload is not valid JSON');
  }
}
