import { runtimeError } from '../runtime/runtime-error.ts';
import { keepText, requireLength, type State } from '../runtime/state.ts';
import { Sequence } from '../values/sequence.ts';
import type { Match, Pattern } from './pattern.ts';

/** $match with a pattern: one object per match. Throws D3040 for a negative limit. */
export function matchPattern(text: string, pattern: Pattern, limit: unknown, state: State): Sequence {
  if (typeof limit === 'number' && limit < 0) throw runtimeError('D3040', { token: 'match' });
  const found: unknown[] = [];
  for (const { text: match, start: index, groups } of limited(pattern.matches(text, state), limit)) {
    found.push({ match, index, groups });
  }
  state.allocate(128 * found.length);
  return new Sequence(found);
}

/** $split with a pattern; the limit counts pieces. */
export function splitPattern(text: string, pattern: Pattern, limit: unknown, state: State): string[] {
  const pieces: string[] = [];
  let position = 0;
  for (const { start, end } of limited(pattern.matches(text, state), limit)) {
    pieces.push(text.slice(position, start));
    position = end;
  }
  if (typeof limit !== 'number' || pieces.length < limit) pieces.push(text.slice(position));
  state.allocate(text.length + 32 * pieces.length);
  return pieces;
}

/** $replace with a pattern and a replacement that may refer to groups as `$1` and to the whole match as `$0`. */
export function replacePattern(
  text: string,
  pattern: Pattern,
  replacement: string,
  limit: unknown,
  state: State,
): string {
  let result = '';
  let position = 0;
  for (const match of limited(pattern.matches(text, state), limit)) {
    result += text.slice(position, match.start) + expand(replacement, match);
    requireLength(result.length);
    position = match.start + match.text.length;
  }
  return keepText(state, result + text.slice(position));
}

/** Stops after `limit` matches, but only once the next one has been asked for: the reference fails on a bad one there too. */
function* limited(matches: Generator<Match>, limit: unknown): Generator<Match> {
  let count = 0;
  for (const match of matches) {
    if (typeof limit === 'number' && count >= limit) return;
    yield match;
    count += 1;
  }
}

function expand(replacement: string, match: Match): string {
  let result = '';
  let position = 0;
  for (let dollar = replacement.indexOf('$'); dollar !== -1; dollar = replacement.indexOf('$', position)) {
    result += replacement.slice(position, dollar);
    const { text, length } = reference(replacement, dollar + 1, match);
    result += text;
    position = dollar + 1 + length;
  }
  return result + replacement.slice(position);
}

/** What a `$` stands for and how many characters behind it belong to it. */
function reference(replacement: string, at: number, match: Match): { text: string; length: number } {
  const next = replacement.charAt(at);
  if (next === '$') return { text: '$', length: 1 };
  if (next === '0') return { text: match.text, length: 1 };
  const { groups } = match;
  // As many digits as the number of groups has, fewer when that names no group.
  const digits = groups.length === 0 ? 1 : String(groups.length).length;
  let group = Number.parseInt(replacement.slice(at, at + digits), 10);
  if (digits > 1 && group > groups.length)
    group = Number.parseInt(replacement.slice(at, at + digits - 1), 10);
  if (Number.isNaN(group)) return { text: '$', length: 0 };
  return { text: groups[group - 1] ?? '', length: String(group).length };
}
