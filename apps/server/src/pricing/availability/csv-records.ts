import type { TableRow } from './table-row.ts';

/** Records of a CSV text (RFC 4180: quotes may enclose separators, line ends and doubled quotes). Empty lines are left out. */
export function* csvRecords(text: string, separator: string): Generator<TableRow> {
  let position = 0;
  let line = 1;
  while (position < text.length) {
    const cells: string[] = [];
    const begun = line;
    for (let ended = false; !ended; ) {
      let cell: string;
      if (text[position] === '"') {
        const close = closingQuote(text, position + 1);
        cell = text.slice(position + 1, close).replaceAll('""', '"');
        line += cell.split('\n').length - 1;
        position = close + 1;
      } else {
        const end = endOfCell(text, position, separator);
        cell = text.slice(position, end);
        position = end;
      }
      // What stands between a closing quote and the separator belongs to nothing.
      position = endOfCell(text, position, separator);
      cells.push(cell);
      ended = text[position] !== separator;
      if (!ended) position += 1;
    }
    position += text.startsWith('\r\n', position) ? 2 : 1;
    line += 1;
    if (cells.length > 1 || cells[0]?.trim()) yield { line: begun, cells };
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = from; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    if (text[at + 1] !== '"') return at;
  }
}

function endOfCell(text: string, from: number, separator: string): number {
  let end = from;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return end;
}
