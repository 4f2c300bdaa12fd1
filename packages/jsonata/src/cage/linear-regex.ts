import { Pattern } from '../regex/pattern.ts';
import { NeedsCage } from '../syntax/needs-cage.ts';

/** The part of RegExp the reference evaluator uses, on the linear-time engine. */
class LinearMatcher {
  lastIndex = 0;
  readonly #pattern: Pattern;

  constructor(pattern: Pattern) {
    this.#pattern = pattern;
  }

  exec(text: string): ((string | undefined)[] & { index: number }) | null {
    const match = this.#pattern.matchAt(text, this.lastIndex);
    this.lastIndex = match?.end ?? 0;
    return match === undefined ? null : Object.assign([match.text, ...match.groups], { index: match.start });
  }
}

/**
 * The regular expression engine of the cage: linear-time where it means the same, else the built-in one (look-around, back
 * references), whose runaway cases end with the process.
 */
export const LinearRegExp: RegExpConstructor = new Proxy(RegExp, {
  construct(target, [pattern]: [unknown]): object {
    if (!(pattern instanceof RegExp)) return new target(String(pattern));
    try {
      return new LinearMatcher(new Pattern(pattern));
    } catch (error) {
      if (error instanceof NeedsCage) return new target(pattern);
      throw error;
    }
  },
});
