import { type Place, type Rule, servesWithin } from './rule.ts';

/** The rules of a file, found by postal code: a file may have 200,000. */
export class RuleBook {
  readonly size: number;
  readonly #exact = new Map<string, Rule[]>();
  readonly #prefixes = new Map<string, Rule[]>();
  readonly #ranges: (readonly [low: string, high: string, rule: Rule])[] = [];

  constructor(rules: readonly Rule[]) {
    this.size = rules.length;
    for (const rule of rules) {
      const { postalCodes } = rule;
      if (postalCodes.kind === 'range') this.#ranges.push([postalCodes.low, postalCodes.high, rule]);
      else add(postalCodes.kind === 'exact' ? this.#exact : this.#prefixes, postalCodes.code, rule);
    }
  }

  /** How many rules say that a place is served. */
  hits(place: Place): number {
    const code = place.postalCode;
    let hits = countOf(this.#exact.get(code), place);
    for (let length = 1; length <= code.length; length += 1)
      hits += countOf(this.#prefixes.get(code.slice(0, length)), place);
    for (const [low, high, rule] of this.#ranges) {
      if (code.length === low.length && low <= code && code <= high && servesWithin(rule, place)) hits += 1;
    }
    return hits;
  }
}

function add(map: Map<string, Rule[]>, code: string, rule: Rule): void {
  const rules = map.get(code);
  if (rules) rules.push(rule);
  else map.set(code, [rule]);
}

function countOf(rules: readonly Rule[] | undefined, place: Place): number {
  return rules?.reduce((hits, rule) => hits + (servesWithin(rule, place) ? 1 : 0), 0) ?? 0;
}
