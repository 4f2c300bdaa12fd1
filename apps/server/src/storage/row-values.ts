/**
 * How PostgreSQL's text values become JavaScript values. Both engines read rows through this one table, so that a query answers the
 * same on PostgreSQL and on the embedded database: bigint as number (our counts stay far below 2^53), numeric and date as text,
 * timestamps as Date, json parsed, arrays of text and numbers as arrays.
 */
const ARRAY_PARSERS: Readonly<Record<number, (item: string) => unknown>> = {
  1000: (item) => item === 't',
  1005: Number,
  1007: Number,
  1016: Number,
  1021: Number,
  1022: Number,
  1185: (item) => new Date(item),
  3807: (item) => JSON.parse(item),
};

const TEXT_ARRAYS = new Set([1002, 1009, 1014, 1015, 1182, 1231, 2951]);

const SCALAR_PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't' || text === 'true',
  20: Number,
  21: Number,
  23: Number,
  26: Number,
  114: (text) => JSON.parse(text),
  700: Number,
  701: Number,
  1114: (text) => new Date(`${text}Z`),
  1184: (text) => new Date(text),
  3802: (text) => JSON.parse(text),
};

/** Picks the parser for a column's type id; types not listed stay text. */
export function valueParser(typeId: number): (text: string) => unknown {
  const scalar = SCALAR_PARSERS[typeId];
  if (scalar) return scalar;
  const item = ARRAY_PARSERS[typeId];
  if (item) return (text) => parseArray(text, item);
  if (TEXT_ARRAYS.has(typeId)) return (text) => parseArray(text, (value) => value);
  return (text) => text;
}

/** Reads a one-dimensional PostgreSQL array literal such as `{a,"b c",NULL}`. */
function parseArray(text: string, parseItem: (item: string) => unknown): unknown[] {
  const items: unknown[] = [];
  let at = 1;
  while (at < text.length - 1) {
    let item = '';
    let quoted = false;
    if (text[at] === '"') {
      quoted = true;
      at += 1;
      while (text[at] !== '"') {
        if (text[at] === '\\') at += 1;
        item += text[at];
        at += 1;
      }
      at += 1;
    } else {
      const start = at;
      while (at < text.length - 1 && text[at] !== ',') at += 1;
      item = text.slice(start, at);
    }
    items.push(!quoted && item === 'NULL' ? null : parseItem(item));
    at += 1;
  }
  return items;
}
