import { SEQUENCE_BUILTINS } from '../compile/needs-marks.ts';
import { keepText, type State } from '../runtime/state.ts';
import { isRecord } from '../values/json.ts';
import type { Implementation, Implementations } from './builtin.ts';
import { COLLECTION_FUNCTIONS } from './collections.ts';
import { NUMBER_FUNCTIONS } from './numbers.ts';
import { loadReference, type ReferenceFunction } from './reference.ts';
import { type Parameter, readSignature } from './signature.ts';
import { STRING_FUNCTIONS } from './strings.ts';

/** A built-in function that takes no function argument. */
export interface Builtin {
  readonly name: string;
  readonly implementation: Implementation;
  /** Takes any number of arguments, as one list. */
  readonly variadic: boolean;
  readonly reference: ReferenceFunction;
  /** Undefined when only the reference can check arguments. */
  readonly parameters: readonly Parameter[] | undefined;
  /** Arguments that cannot be left out without the context value taking their place. */
  readonly required: number;
  /** May return a Sequence. */
  readonly sequence: boolean;
}

const HIGHER_ORDER = ['map', 'filter', 'single', 'reduce', 'sift', 'each', 'sort'] as const;

/** Code of the reference that is pure, bounded by the length of its arguments and not worth a second version. */
const BORROWED = [
  ...['trim', 'formatBase', 'number', 'sqrt', 'power', 'error', 'assert', 'zip'],
  ...['base64encode', 'base64decode', 'encodeUrl', 'encodeUrlComponent', 'decodeUrl', 'decodeUrlComponent'],
  ...['formatNumber', 'formatInteger', 'parseInteger', 'fromMillis', 'toMillis'],
] as const;

const OWN: Implementations = { ...NUMBER_FUNCTIONS, ...STRING_FUNCTIONS, ...COLLECTION_FUNCTIONS };

const references = await loadReference([...Object.keys(OWN), ...BORROWED, 'now', 'millis']);

const ALL_NAMES: ReadonlySet<string> = new Set([...references.keys(), ...HIGHER_ORDER, 'eval']);

/** True for the names JSONata defines itself; a binding must not take one. */
export function isBuiltin(name: string): boolean {
  return ALL_NAMES.has(name);
}

/** True for functions that call back a function given to them. */
export function isHigherOrder(name: string): boolean {
  return HIGHER_ORDER.some((known) => known === name);
}

/** The built-in of a name; undefined for higher-order ones and for $eval, which is refused. */
export function findBuiltin(name: string): Builtin | undefined {
  return builtins.get(name);
}

const SIMPLE_NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/** Borrowed code with the bounds it does not have itself: what exceeds them is more work than a compiled evaluation may do. */
const BOUNDED: Implementations = {
  number: (state, value) => {
    if (typeof value === 'number') return value;
    if (typeof value === 'string' && SIMPLE_NUMBER.test(value)) return Number.parseFloat(value);
    return borrow('number', state, [value]);
  },
  formatNumber: (state, value, picture, options) => {
    boundPicture(state, value, picture);
    if (isRecord(options)) {
      for (const option of Object.values(options))
        if (typeof option !== 'string' || option === '') giveUp(state);
    }
    return borrow('formatNumber', state, [value, picture, options]);
  },
  formatInteger: (state, value, picture) => {
    boundPicture(state, value, picture);
    return borrow('formatInteger', state, [value, picture]);
  },
  parseInteger: (state, text, picture) => {
    boundPicture(state, 0, picture);
    return borrow('parseInteger', state, [text, picture]);
  },
  fromMillis: (state, millis, picture, zone) => {
    if (typeof millis !== 'number') return undefined;
    if (picture === undefined && zone === undefined && isFourDigitYear(millis))
      return new Date(millis).toISOString();
    boundPicture(state, millis, picture);
    return borrow('fromMillis', state, [millis, picture, zone]);
  },
  toMillis: (state, text, picture) => {
    if (typeof text !== 'string') return undefined;
    if (picture !== undefined) boundParsing(state, text, picture);
    return borrow('toMillis', state, [text, picture]);
  },
  now: (state, picture, zone) => {
    if (picture === undefined && zone === undefined) return state.now().toISOString();
    boundPicture(state, 0, picture);
    return borrow('fromMillis', state, [state.now().getTime(), picture, zone]);
  },
  millis: (state) => state.now().getTime(),
};

function isFourDigitYear(millis: number): boolean {
  return millis >= -62_167_219_200_000 && millis < 253_402_300_800_000;
}

/** More than any compiled evaluation may do; the cage takes over where there is one. */
function giveUp(state: State): void {
  state.spend(Number.POSITIVE_INFINITY);
}

/** Numbers without end make some pictures loop, and a width such as `[Y,9-999999]` is a length to allocate. */
function boundPicture(state: State, value: unknown, picture: unknown): void {
  const isEndless = typeof value === 'number' && !Number.isFinite(value);
  const isWide = typeof picture === 'string' && (picture.length > 256 || /,[^\]]*\d{3}/.test(picture));
  if (isEndless || isWide) giveUp(state);
}

/**
 * Parsing builds a backtracking regular expression from the picture. It is safe when words are not spelled out, names do not
 * touch and the text is short.
 */
function boundParsing(state: State, text: string, picture: unknown): void {
  if (typeof picture !== 'string') return;
  const spellsWords = /\[\s*\w\s*[wW]/.test(picture);
  const namesTouch = /\]\[/.test(picture);
  if (text.length > 64 || picture.length > 128 || spellsWords || namesTouch) giveUp(state);
}

function borrow(name: string, state: State, args: readonly unknown[]): unknown {
  const result = references.get(name)?.call(args, name === 'toMillis' ? state.now() : undefined);
  return typeof result === 'string' ? keepText(state, result) : result;
}

const builtins = new Map<string, Builtin>();
for (const [name, reference] of references) {
  const parameters = readSignature(reference.signature);
  builtins.set(name, {
    name,
    implementation: BOUNDED[name] ?? OWN[name] ?? ((state, a, b, c, d) => borrow(name, state, [a, b, c, d])),
    variadic: name === 'zip',
    reference,
    parameters,
    required: parameters?.filter((parameter) => !parameter.optional).length ?? 0,
    sequence: SEQUENCE_BUILTINS.has(name),
  });
}
