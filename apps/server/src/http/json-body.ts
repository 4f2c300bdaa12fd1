import { invalid, Refusal } from '../refusal.ts';

/** Containers inside containers; recursive schemas are walked recursively, so depth is bounded before anything looks at the value. */
const DEEPEST = 200;

/**
 * Parses a JSON request body. Refuses (400) text that is not JSON, nesting deeper than 200, NUL characters and lone surrogates (PostgreSQL
 * stores neither), numbers beyond 1e308, and members named `__proto__`.
 */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  checkDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'not JSON';
    throw new Refusal(400, 'MALFORMED_JSON', `The body is not JSON: ${detail.slice(0, 200)}`, {
      errors: [{ path: 'body', message: 'is not JSON' }],
    });
  }
  if (MAY_HOLD_SUSPECTS.test(text)) checkValues(value, 'body');
  return value;
}

/**
 * Escapes of NUL and surrogates, the forbidden member name, or what may be a number beyond 1e308 (an exponent from 100, 200 digits); most bodies
 * have none and need no second look. Unescaped ones JSON.parse refuses.
 */
const MAY_HOLD_SUSPECTS =
  /\\u0000|\\u[dD][89a-fA-F]|__proto__|\\u005[fF]|\d[eE]\+?0*[1-9]\d{2}|(?:^|\D)\d{200}/;

function checkDepth(text: string): void {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === 92) at += 1;
      else if (code === 34) inText = false;
    } else if (code === 34) inText = true;
    else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > DEEPEST)
        throw invalid({ path: 'body', message: `is nested deeper than ${DEEPEST} levels` });
    } else if (code === 125 || code === 93) depth -= 1;
  }
}

function checkValues(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (!isStorable(value)) throw invalid({ path, message: 'holds characters that cannot be stored' });
  } else if (typeof value === 'number') {
    // JSON.parse reads 1e400 as infinite, and nobody can store that.
    if (!Number.isFinite(value)) throw invalid({ path, message: 'is a number beyond what can be stored' });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkValues(item, `${path}[${index}]`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (name === '__proto__' || !isStorable(name))
        throw invalid({ path, message: 'has a member with a forbidden name' });
      checkValues(member, `${path}.${name}`);
    }
  }
}

/** Whether a text can be stored: no NUL and no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
