import { posix } from 'node:path';
import type { TableRow } from '../table-row.ts';
import type { CellContext } from './cell-text.ts';
import { readNumberFormats } from './number-formats.ts';
import { readPart, readWholePart } from './read-part.ts';
import { readSharedTexts } from './shared-texts.ts';
import { SheetReader } from './sheet-reader.ts';
import { WorkbookError } from './workbook-error.ts';
import { WorkbookParts } from './workbook-parts.ts';

const OFFICE_DOCUMENT = 'officeDocument';

/**
 * The rows of the first sheet of an `.xlsx` workbook (Office Open XML, ECMA-376), as it unfolds; empty rows are left out.
 * @throws WorkbookError when the bytes are no workbook, or one beyond the limits
 */
export async function* workbookRows(bytes: Uint8Array): AsyncGenerator<TableRow> {
  const parts = await WorkbookParts.open(bytes);
  const [workbook] = [...(await relationsOf(parts, '')).values()].filter(
    ({ type }) => type === OFFICE_DOCUMENT,
  );
  if (!workbook) throw new WorkbookError('File is no workbook that can be read');
  const relations = await relationsOf(parts, workbook.target);
  const { sheetId, from1904 } = await readWorkbook(parts, workbook.target);
  const sheet = relations.get(sheetId)?.target;
  if (sheet === undefined) throw new WorkbookError('File has no sheet');
  const reader = new SheetReader(await contextOf(parts, relations, from1904));
  for await (const _ of readPart(parts, sheet, reader)) yield* reader.take();
}

interface Relation {
  /** The last segment of the relation's type, which is the same in both variants of the standard. */
  readonly type: string;
  /** The name of the part. */
  readonly target: string;
}

/** What a part refers to, by id; the archive itself is the part without a name. */
async function relationsOf(parts: WorkbookParts, part: string): Promise<ReadonlyMap<string, Relation>> {
  const { dir, base } = posix.parse(part);
  const relations = new Map<string, Relation>();
  await readWholePart(parts, posix.join(dir, '_rels', `${base}.rels`), {
    open(name, { Id: id, Type: type = '', Target: target = '', TargetMode: mode }) {
      if (name !== 'Relationship' || id === undefined || mode === 'External') return;
      const path = target.startsWith('/') ? target.slice(1) : posix.join(dir, target);
      relations.set(id, { type: type.slice(type.lastIndexOf('/') + 1), target: path });
    },
    text: () => undefined,
    close: () => undefined,
  });
  return relations;
}

async function readWorkbook(
  parts: WorkbookParts,
  name: string,
): Promise<{ sheetId: string; from1904: boolean }> {
  let sheetId: string | undefined;
  let from1904 = false;
  await readWholePart(parts, name, {
    open(element, attributes) {
      if (element === 'workbookPr') from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
      else if (element === 'sheet') sheetId ??= relationId(attributes);
    },
    text: () => undefined,
    close: () => undefined,
  });
  return { sheetId: sheetId ?? '', from1904 };
}

/** `r:id`, whatever the prefix; `sheetId` is something else. */
function relationId(attributes: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1];
}

async function contextOf(
  parts: WorkbookParts,
  relations: ReadonlyMap<string, Relation>,
  from1904: boolean,
): Promise<CellContext> {
  const partOf = (wanted: string) =>
    [...relations.values()].find(({ type }) => type === wanted)?.target ?? '';
  return {
    sharedTexts: await readSharedTexts(parts, partOf('sharedStrings')),
    formats: await readNumberFormats(parts, partOf('styles')),
    from1904,
  };
}
