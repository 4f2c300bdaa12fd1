import type { Document, EntitySchema } from '../../../entities/index.ts';
import { invalid } from '../../../refusal.ts';
import { type Decimal, readDecimal, shift } from '../edit-rules/decimal.ts';

const CURRENCIES: ReadonlySet<unknown> = new Set(Intl.supportedValuesOf('currency'));

/** Decimal places of a currency's minor unit: 2 for euros; 2 for what is no currency. */
export function minorDigits(currency: unknown): number {
  if (typeof currency !== 'string' || !/^[A-Za-z]{3}$/.test(currency)) return 2;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase() });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/**
 * Makes the three members of an amount agree when one of them is written (spec/portal.md §0.3): integer minor units, `_decimal` text in major
 * units, `_currency`. The integer wins over the text; a missing currency stays the stored one, or EUR.
 * @throws Refusal 400 for a currency that is no code of ISO 4217
 */
export function withMoneySiblings(schema: EntitySchema, sent: Document, stored: Document): Document {
  const amounts = schema.attributes.filter(({ type }) => type === 'currency').map(({ name }) => name);
  const agreed = amounts
    .filter((name) => [name, `${name}_decimal`, `${name}_currency`].some((member) => member in sent))
    .map((name) => agreeing(name, sent, stored));
  return Object.assign({ ...sent }, ...agreed);
}

function agreeing(name: string, sent: Document, stored: Document): Document {
  const [decimal, currency] = [`${name}_decimal`, `${name}_currency`];
  if (sent[name] === null) return { [name]: null, [decimal]: null, [currency]: null };
  if (sent[currency] !== undefined && sent[currency] !== null && !CURRENCIES.has(sent[currency]))
    throw invalid({ path: `body.${currency}`, message: 'is no currency of ISO 4217' });
  const code = sent[currency] ?? stored[currency] ?? 'EUR';
  const digits = minorDigits(code);
  const written =
    decimal in sent && !(name in sent) ? minorUnits(sent[decimal], digits) : (sent[name] ?? stored[name]);
  // What is no whole number of minor units is left to the validation of types.
  if (typeof written !== 'number' || !Number.isSafeInteger(written)) return { [name]: written ?? null };
  return { [name]: written, [decimal]: majorText(written, digits), [currency]: code };
}

function minorUnits(decimal: unknown, digits: number): unknown {
  const read = readDecimal(decimal);
  const moved = read && shift(read, -digits);
  return moved && isWhole(moved) ? Number(moved.units / 10n ** BigInt(moved.scale)) : decimal;
}

function isWhole({ units, scale }: Decimal): boolean {
  return units % 10n ** BigInt(scale) === 0n;
}

function majorText(units: number, digits: number): string {
  const text = String(Math.abs(units)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${units < 0 ? '-' : ''}${whole}${digits > 0 ? `.${text.slice(-digits)}` : ''}`;
}
