import { RE2JS, RE2JSException } from 're2js';
import { runtimeError } from '../runtime/runtime-error.ts';
import type { State } from '../runtime/state.ts';
import { NeedsCage } from '../syntax/needs-cage.ts';
import { translatePattern } from './translate-pattern.ts';

/** One match: UTF-16 offsets into the text, groups undefined where they did not take part. */
export interface Match {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/** A regular expression that runs in time linear in the text. */
export class Pattern {
  /** The reference signature checks take values with this member for functions, which is what a pattern is to JSONata. */
  readonly _jsonata_function = true;
  readonly #engine: RE2JS;

  /** Throws NeedsCage for patterns a linear-time engine cannot run with the same meaning. */
  constructor(pattern: RegExp) {
    const flags = pattern.flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0;
    try {
      this.#engine = RE2JS.compile(translatePattern(pattern), flags);
    } catch (error) {
      if (error instanceof RE2JSException) throw new NeedsCage(error.message);
      throw error;
    }
  }

  /** The first match at or after an offset. */
  matchAt(text: string, from: number): Match | undefined {
    const matcher = this.#engine.matcher(text);
    if (!matcher.find(from)) return undefined;
    const groups: (string | undefined)[] = [];
    for (let index = 1; index <= matcher.groupCount(); index += 1)
      groups.push(matcher.group(index) ?? undefined);
    return { text: matcher.group(0) ?? '', start: matcher.start(), end: matcher.end(), groups };
  }

  /**
   * All matches, one after the other. Throws D1004 when a match after the first is empty, as the reference does instead of
   * standing still.
   */
  *matches(text: string, state: State): Generator<Match> {
    let match = this.#pay(text, 0, state);
    while (match !== undefined) {
      yield match;
      if (match.end >= text.length) return;
      match = this.#pay(text, match.end, state);
      if (match?.text === '') throw runtimeError('D1004');
    }
  }

  #pay(text: string, from: number, state: State): Match | undefined {
    state.spend(16 + text.length - from);
    return this.matchAt(text, from);
  }
}
