import { type Document, isDocument } from '../../../entities/index.ts';
import { decimalText } from '../decimal-text.ts';

/** Why a product of a partner cannot be offered; `message` is for the operator's log. */
export class UnusableProduct extends Error {
  readonly code = 'UNUSABLE_PRODUCT';
  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.name = 'UnusableProduct';
  }
}

const DECIMAL = /^-?\d{1,12}(\.\d{1,12})?$/;
const LARGEST_CENTS = 1e14;
const LONGEST_TEXT = 10_000;
const LONGEST_ID = 200;

/** A member that must be a text. @throws UnusableProduct */
export function requiredId(holder: Document, name: string, path: string): string {
  const value = holder[name];
  if (typeof value === 'string' && value !== '' && value.length <= LONGEST_ID) return value;
  throw new UnusableProduct(`${path}.${name}`, `must be a text of at most ${LONGEST_ID} characters`);
}

/** A member that may be missing. @throws UnusableProduct when it is no text, or a very long one */
export function textIn(holder: Document, name: string, path: string): string | undefined {
  const value = holder[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value.length <= LONGEST_TEXT) return value;
  throw new UnusableProduct(`${path}.${name}`, `must be a text of at most ${LONGEST_TEXT} characters`);
}

/** A member that is one of some words; undefined when it is missing. @throws UnusableProduct */
export function oneOf<Word extends string>(
  holder: Document,
  name: string,
  words: readonly Word[],
  path: string,
): Word | undefined {
  const value = holder[name];
  if (value === undefined || value === null) return undefined;
  const word = words.find((known) => known === value);
  if (word === undefined) throw new UnusableProduct(`${path}.${name}`, `must be one of ${words.join(', ')}`);
  return word;
}

/**
 * An amount in currency units as decimal text: `<name>_decimal` as it stands, else whole cents in `<name>`.
 * @throws UnusableProduct when neither can be read
 */
export function amountIn(holder: Document, name: string, path: string): string | undefined {
  const decimal = holder[`${name}_decimal`];
  if (decimal !== undefined && decimal !== null) {
    if (typeof decimal === 'string' && DECIMAL.test(decimal)) return decimal;
    throw new UnusableProduct(`${path}.${name}_decimal`, 'must be a decimal text');
  }
  const cents = holder[name];
  if (cents === undefined || cents === null) return undefined;
  if (typeof cents === 'number' && Number.isInteger(cents) && Math.abs(cents) <= LARGEST_CENTS)
    return decimalText(cents / 100);
  throw new UnusableProduct(`${path}.${name}`, 'must be whole cents');
}

/** The objects of a list that may be missing. @throws UnusableProduct for anything else, or more than `most` */
export function listIn(holder: Document, name: string, most: number, path: string): Document[] {
  const list = holder[name];
  if (list === undefined || list === null) return [];
  if (Array.isArray(list) && list.length <= most && list.every(isDocument)) return list;
  throw new UnusableProduct(`${path}.${name}`, `must be a list of at most ${most} objects`);
}
