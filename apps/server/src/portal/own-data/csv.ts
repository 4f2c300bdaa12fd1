/** A table as CSV that German spreadsheets open: semicolons, decimal commas are the caller's, a byte order mark, CRLF (RFC 4180 otherwise). */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return `\uFEFF${rows.map((cells) => `${cells.map(cellOf).join(';')}\r\n`).join('')}`;
}

/** Quoted where it must be. A text that a spreadsheet would take for a formula gets an apostrophe; numbers stay numbers. */
function cellOf(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+$/.test(text) ? `'${text}` : text;
  return /[";\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
