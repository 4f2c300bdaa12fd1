import { Refusal } from '../refusal.ts';

/** `argument` is what stands behind the colon: a quoted text without its quotes, anything else as it is written. */
type Filter = (value: unknown, argument: string | undefined) => unknown;

const FILTERS: Readonly<Record<string, Filter>> = {
  is_not_empty: (value) => !isEmpty(value),
  is_empty: isEmpty,
  default: (value, argument) => (isEmpty(value) ? argument : value),
  upcase: (value) => text(value).toUpperCase(),
  downcase: (value) => text(value).toLowerCase(),
  strip: (value) => text(value).trim(),
  base64_encode: (value) => Buffer.from(text(value), 'utf8').toString('base64'),
  url_encode: (value) => encodeURIComponent(text(value)),
  json: (value) => JSON.stringify(value ?? null),
  date: (value, argument) => formatDate(value, argument ?? '%Y-%m-%d'),
};

/**
 * Applies one filter such as `default: 'x'` or `append: Options.password` (portal §9.3, pricing B20.2).
 * @param lookUp the value of a variable, for `append`
 * @throws Refusal 500 for an unknown filter
 */
export function applyFilter(written: string, value: unknown, lookUp: (path: string) => unknown): unknown {
  const [, name = '', given] = /^(\w+)\s*(?::\s*(.*))?$/s.exec(written) ?? [];
  const argument = given?.trim();
  const quoted = argument && /^(['"])(.*)\1$/s.exec(argument)?.[2];
  if (name === 'append') return text(value) + text(quoted ?? lookUp(argument ?? ''));
  const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  if (!filter) {
    throw new Refusal(500, 'INVALID_TEMPLATE', 'The extension is not configured correctly', {
      reason: 'INVALID_TEMPLATE',
    });
  }
  return filter(value, quoted ?? argument);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Formats an instant in UTC by the letters Y, m, d, H, M, S and s; what is no instant stays empty. */
function formatDate(value: unknown, format: string): string {
  const instant = new Date(typeof value === 'number' ? value : text(value));
  if (Number.isNaN(instant.getTime())) return '';
  const iso = instant.toISOString();
  const parts: Readonly<Record<string, string>> = {
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    s: String(Math.floor(instant.getTime() / 1000)),
    '%': '%',
  };
  return format.replace(/%([YmdHMSs%])/g, (_, letter: string) => parts[letter] ?? '');
}
