import { Pattern } from '../regex/pattern.ts';
import { matchPattern, replacePattern, splitPattern } from '../regex/pattern-functions.ts';
import { runtimeError } from '../runtime/runtime-error.ts';
import { keepText, requireLength, type State } from '../runtime/state.ts';
import { isList } from '../values/json.ts';
import { toText } from '../values/text.ts';
import type { Implementations } from './builtin.ts';

const SURROGATE = /[\ud800-\udfff]/;

/** Most strings are short, and looking at their units is cheaper than starting the regular expression engine. */
function hasSurrogates(text: string): boolean {
  if (text.length > 48) return SURROGATE.test(text);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdfff) return true;
  }
  return false;
}

/** Characters are code points; only a string with surrogates has to be taken apart for that. */
function lengthOf(text: string): number {
  return hasSurrogates(text) ? [...text].length : text.length;
}

function substring(text: unknown, start: unknown, length: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  const characters = hasSurrogates(text) ? [...text] : undefined;
  const slice = (begin: number, end?: number): string =>
    characters === undefined ? text.slice(begin, end) : characters.slice(begin, end).join('');
  const total = characters?.length ?? text.length;
  // A missing start reads from the beginning, as NaN does in every slice.
  const asked = typeof start === 'number' ? start : Number.NaN;
  const from = total + asked < 0 ? 0 : asked;
  if (typeof length !== 'number') return slice(typeof start === 'number' ? from : 0);
  if (length <= 0) return '';
  return slice(from, from >= 0 ? from + length : total + from + length);
}

function pad(state: State, text: unknown, width: unknown, fill: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  const wanted = typeof width === 'number' ? Math.trunc(width) : Number.NaN;
  const missing = Math.abs(wanted) - lengthOf(text);
  if (!(missing > 0)) return text;
  requireLength(missing);
  state.spend(missing >> 3);
  state.allocate(missing * 2);
  const padding = repeated(typeof fill === 'string' && fill !== '' ? fill : ' ', missing);
  return keepText(state, wanted > 0 ? text + padding : padding + text);
}

/** The first `length` characters of `fill` repeated without end. */
function repeated(fill: string, length: number): string {
  const characters = [...fill];
  const times = Math.ceil(length / characters.length);
  const rest = characters.slice(0, length - (times - 1) * characters.length);
  return fill.repeat(times - 1) + rest.join('');
}

function join(state: State, list: unknown, separator: unknown): string | undefined {
  if (!isList(list)) return undefined;
  const between = typeof separator === 'string' ? separator : '';
  let length = between.length * list.length;
  for (const item of list) if (typeof item === 'string') length += item.length;
  requireLength(length);
  return keepText(state, list.join(between));
}

function split(state: State, text: unknown, separator: unknown, limit: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  if (typeof limit === 'number' && limit < 0) throw runtimeError('D3020', { token: 'split' });
  if (typeof limit === 'number' && !(limit > 0)) return [];
  if (separator instanceof Pattern) return splitPattern(text, separator, limit, state);
  if (typeof separator !== 'string') throw runtimeError('T1010', { token: 'split' });
  const pieces = text.split(separator, typeof limit === 'number' ? limit : undefined);
  state.spend(pieces.length);
  state.allocate(text.length + 32 * pieces.length);
  return pieces;
}

function replace(
  state: State,
  text: unknown,
  pattern: unknown,
  replacement: unknown,
  limit: unknown,
): unknown {
  if (typeof text !== 'string') return undefined;
  if (pattern === '') throw runtimeError('D3010', { token: 'replace' });
  if (typeof limit === 'number' && limit < 0) throw runtimeError('D3011', { token: 'replace' });
  if (typeof limit === 'number' && !(limit > 0)) return text;
  if (pattern instanceof Pattern) return replacePattern(text, pattern, String(replacement), limit, state);
  if (typeof pattern !== 'string') throw runtimeError('T1010', { token: 'replace' });
  const most = typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY;
  let result = '';
  let position = 0;
  let index = text.indexOf(pattern);
  for (let count = 0; index !== -1 && count < most; count += 1) {
    result = `${result}${text.slice(position, index)}${String(replacement)}`;
    requireLength(result.length);
    state.spend(1);
    position = index + pattern.length;
    index = text.indexOf(pattern, position);
  }
  return keepText(state, result + text.slice(position));
}

function contains(state: State, text: unknown, token: unknown): boolean | undefined {
  if (typeof text !== 'string' || token === undefined) return undefined;
  if (!(token instanceof Pattern)) return text.includes(String(token));
  state.spend(16 + text.length);
  return token.matchAt(text, 0) !== undefined;
}

function match(state: State, text: unknown, pattern: unknown, limit: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  if (!(pattern instanceof Pattern)) throw runtimeError('T1010', { token: 'match' });
  return matchPattern(text, pattern, limit, state);
}

/** String functions. Patterns are regular expressions that run in linear time. */
export const STRING_FUNCTIONS: Implementations = {
  string: (state, value, pretty) => toText(value, state, pretty === true),
  substring: (_state, text, start, length) => substring(text, start, length),
  substringBefore: (_state, text, end) => {
    if (typeof text !== 'string') return undefined;
    const index = text.indexOf(String(end));
    return index === -1 ? text : text.slice(0, index);
  },
  substringAfter: (_state, text, start) => {
    if (typeof text !== 'string') return undefined;
    const index = text.indexOf(String(start));
    return index === -1 ? text : text.slice(index + String(start).length);
  },
  lowercase: (state, text) => (typeof text === 'string' ? keepText(state, text.toLowerCase()) : undefined),
  uppercase: (state, text) => (typeof text === 'string' ? keepText(state, text.toUpperCase()) : undefined),
  length: (_state, text) => (typeof text === 'string' ? lengthOf(text) : undefined),
  pad: (state, text, width, fill) => pad(state, text, width, fill),
  contains: (state, text, token) => contains(state, text, token),
  match: (state, text, pattern, limit) => match(state, text, pattern, limit),
  split: (state, text, separator, limit) => split(state, text, separator, limit),
  join: (state, list, separator) => join(state, list, separator),
  replace: (state, text, pattern, replacement, limit) => replace(state, text, pattern, replacement, limit),
};
