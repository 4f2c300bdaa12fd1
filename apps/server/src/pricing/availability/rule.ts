import { normalCountry, normalPostalCode, normalText } from './normal-text.ts';
import { remembered } from './remembered.ts';

/** Columns of an availability file (spec/pricing.md B8). */
export const COLUMNS = {
  postal_code: ['postal_code', 'plz', 'zip'],
  country: ['country', 'land'],
  city: ['city', 'ort'],
  street: ['street', 'strasse', 'straße'],
  street_number: ['street_number', 'hausnummer'],
  available_start_date: ['available_start_date'],
  available_end_date: ['available_end_date'],
} as const;

/** The cells of a line, trimmed; an empty text for a column that the file does not have. */
export type RuleCells = Readonly<Record<keyof typeof COLUMNS, string>>;

export type PostalCodes =
  | { readonly kind: 'exact' | 'prefix'; readonly code: string }
  | { readonly kind: 'range'; readonly low: string; readonly high: string };

type HouseNumbers =
  | { readonly kind: 'exact'; readonly number: string }
  | { readonly kind: 'range'; readonly low: number; readonly high: number; readonly step: 1 | 2 };

/** Where and when a product can be delivered. Empty texts and lists match everything. */
export interface Rule {
  readonly postalCodes: PostalCodes;
  readonly country: string;
  readonly city: string;
  readonly street: string;
  readonly numbers: readonly HouseNumbers[];
  /** `YYYY-MM-DD`, both included. */
  readonly start: string;
  readonly end: string;
}

/** Why a line is no rule. */
export interface RuleProblem {
  readonly msg: string;
  readonly data: string;
}

/** What a rule is compared with; absent members are not compared. */
export interface Place {
  readonly postalCode: string;
  readonly country?: string | undefined;
  readonly city?: string | undefined;
  readonly street?: string | undefined;
  readonly number?: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly day: string;
}

const INVALID = 'invalid';
const countryOf = remembered(normalCountry);
const nameOf = remembered(normalText);
const numbersOf = remembered(readNumbers);

/** Reads the cells of a line. */
export function readRule(cells: RuleCells): Rule | RuleProblem {
  const country = countryOf(cells.country);
  const postalCodes = readPostalCodes(normalPostalCode(cells.postal_code), country);
  if (!postalCodes)
    return { msg: 'Postal code is missing or invalid', data: `Postal code: ${cells.postal_code}` };
  const numbers = numbersOf(cells.street_number);
  if (numbers === INVALID)
    return { msg: 'Street number is invalid', data: `Street number: ${cells.street_number}` };
  const start = readDay(cells.available_start_date);
  if (start === undefined)
    return { msg: 'Date is invalid', data: `Available start date: ${cells.available_start_date}` };
  const end = readDay(cells.available_end_date);
  if (end === undefined)
    return { msg: 'Date is invalid', data: `Available end date: ${cells.available_end_date}` };
  if (start && end && end < start)
    return { msg: 'End date is before start date', data: `Available end date: ${cells.available_end_date}` };
  return {
    postalCodes,
    country,
    city: nameOf(cells.city),
    street: nameOf(cells.street),
    numbers,
    start,
    end,
  };
}

/** A text that two rules share when they say the same. Nothing in a rule contains a line feed. */
export function ruleKey({ postalCodes, country, city, street, numbers, start, end }: Rule): string {
  const codes = postalCodes.kind === 'range' ? `${postalCodes.low}-${postalCodes.high}` : postalCodes.code;
  const houses = numbers.map((one) =>
    one.kind === 'exact' ? one.number : `${one.low}-${one.high}:${one.step}`,
  );
  return `${postalCodes.kind}\n${codes}\n${country}\n${city}\n${street}\n${houses.join('|')}\n${start}\n${end}`;
}

/** Whether a rule says that a place is served; its postal code has been compared already. */
export function servesWithin(rule: Rule, place: Place): boolean {
  return (
    isSame(rule.country, place.country) &&
    isSame(rule.city, place.city) &&
    isSame(rule.street, place.street) &&
    hasNumber(rule.numbers, place.number) &&
    (rule.start === '' || rule.start <= place.day) &&
    (rule.end === '' || place.day <= rule.end)
  );
}

function isSame(wanted: string, given: string | undefined): boolean {
  return wanted === '' || given === undefined || wanted === given;
}

function hasNumber(numbers: readonly HouseNumbers[], given: string | undefined): boolean {
  if (numbers.length === 0 || given === undefined) return true;
  const leading = Number.parseInt(given, 10);
  return numbers.some((one) =>
    one.kind === 'exact'
      ? one.number === given
      : leading >= one.low && leading <= one.high && (leading - one.low) % one.step === 0,
  );
}

/** Where no country is named, codes are those of Germany, Austria and Switzerland. */
function readPostalCodes(text: string, country: string): PostalCodes | undefined {
  const isGerman = ['', 'de', 'at', 'ch'].includes(country);
  const isCode = (code: string) => (isGerman ? /^\d{4,5}$/ : /^[a-z0-9]{1,10}$/).test(code);
  if (isCode(text)) return { kind: 'exact', code: text };
  if (text.endsWith('*')) {
    const code = text.slice(0, -1);
    return (isGerman ? /^\d{1,4}$/ : /^[a-z0-9]{1,9}$/).test(code) ? { kind: 'prefix', code } : undefined;
  }
  const [low = '', high = '', ...more] = text.split('-');
  const isRange = isCode(low) && isCode(high) && low.length === high.length && low <= high;
  return isRange && more.length === 0 ? { kind: 'range', low, high } : undefined;
}

function readNumbers(text: string): readonly HouseNumbers[] | typeof INVALID {
  if (text.trim() === '') return [];
  const numbers = text.split('|').map((item) => readNumber(normalText(item.replace(/-/g, '~'))));
  return numbers.every((one) => one !== undefined) ? numbers : INVALID;
}

function readNumber(text: string): HouseNumbers | undefined {
  const [, first, last, parity] = /^(\d{1,6})~(\d{1,6})([ug]?)$/.exec(text) ?? [];
  if (first !== undefined) {
    const [low, high] = [Number(first), Number(last)];
    if (low > high) return undefined;
    if (!parity) return { kind: 'range', low, high, step: 1 };
    // The parity decides where a range of every second number begins.
    return { kind: 'range', low: low % 2 === (parity === 'u' ? 1 : 0) ? low : low + 1, high, step: 2 };
  }
  return /^\d{1,6}[a-z]?(\/\d{1,4})?$/.test(text) ? { kind: 'exact', number: text } : undefined;
}

/** A day as `YYYY-MM-DD`, an empty text for none, undefined for one that the calendar does not have. */
function readDay(text: string): string | undefined {
  if (text === '') return '';
  const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text) ?? [];
  const iso = day && month && year ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : text;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return undefined;
  const instant = Date.parse(`${iso}T00:00:00.000Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(iso) ? iso : undefined;
}
