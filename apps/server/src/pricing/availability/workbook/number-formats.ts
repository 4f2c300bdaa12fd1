import { readWholePart } from './read-part.ts';
import type { WorkbookParts } from './workbook-parts.ts';

/** How the number of a cell is shown, as far as it changes what the cell says. */
export type NumberFormat =
  | { readonly kind: 'plain' }
  | { readonly kind: 'date' }
  /** Zeros in front up to so many digits, as postal codes are formatted. */
  | { readonly kind: 'digits'; readonly count: number };

const PLAIN: NumberFormat = { kind: 'plain' };
const DATE: NumberFormat = { kind: 'date' };
/** Formats of dates that need no definition (ECMA-376 part 1, 18.8.30). */
const DATE_IDS = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58]);

/** The formats of a workbook's cells, by the number that cells name as their style. A workbook may have no styles. */
export async function readNumberFormats(
  parts: WorkbookParts,
  name: string,
): Promise<readonly NumberFormat[]> {
  const codes = new Map<number, string>();
  const ids: number[] = [];
  let inCells = false;
  if (!parts.has(name)) return [];
  await readWholePart(parts, name, {
    open(element, { numFmtId, formatCode }) {
      if (element === 'cellXfs') inCells = true;
      else if (element === 'numFmt') codes.set(Number(numFmtId), formatCode ?? '');
      else if (element === 'xf' && inCells) ids.push(Number(numFmtId ?? 0));
    },
    text: () => undefined,
    close(element) {
      if (element === 'cellXfs') inCells = false;
    },
  });
  return ids.map((id) => formatOf(id, codes.get(id)));
}

function formatOf(id: number, code: string | undefined): NumberFormat {
  if (code === undefined) return DATE_IDS.has(id) ? DATE : PLAIN;
  // Texts, conditions and escaped characters are shown as they are.
  const pattern = code.replace(/"[^"]*"|\[[^\]]*\]|\\./g, '');
  if (/[yd]/i.test(pattern)) return DATE;
  return /^0{2,12}$/.test(pattern) ? { kind: 'digits', count: pattern.length } : PLAIN;
}
