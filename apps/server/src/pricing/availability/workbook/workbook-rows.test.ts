import { describe, expect, it } from 'vitest';
import { workbookFile, zipFile } from '../../testing/workbook-file.ts';
import { readRules } from '../read-rules.ts';
import type { TableRow } from '../table-row.ts';
import { WorkbookError } from './workbook-error.ts';
import { workbookRows } from './workbook-rows.ts';

async function rowsOf(file: Uint8Array): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const row of workbookRows(file)) rows.push(row);
  return rows;
}

const HEADER = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>';

describe('the rows of a workbook', () => {
  it('are those of the first sheet, with shared, inline, formula and plain texts', async () => {
    const sheet = `${HEADER}
      <row r="3"><c r="A3"><v>50667</v></c><c r="B3" t="s"><v>2</v></c><c r="D3" t="inlineStr"><is><t>Dom &amp; Rhein</t></is></c></row>
      <row r="4"><c r="A4"/><c r="B4" t="str"><f>"x"</f><v> </v></c></row>
      <row><c><v>5.0668E4</v></c><c t="str"><f>A1</f><v>Bonn</v></c></row>`;
    expect(await rowsOf(workbookFile(sheet))).toEqual([
      { line: 1, cells: ['plz', 'ort'] },
      { line: 3, cells: ['50667', 'Köln', '', 'Dom & Rhein'] },
      { line: 5, cells: ['50668', 'Bonn'] },
    ]);
  });

  it('show numbers as their cells do: dates as days, codes with their zeros', async () => {
    const cells =
      '<c s="1"><v>46054</v></c><c s="3"><v>46054.75</v></c><c s="2"><v>1067</v></c><c s="0"><v>1067</v></c><c s="9"><v>0.5</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="s"><v>77</v></c>';
    const shown = ['1067', '0.5', '1', '#N/A', ''];
    expect(await rowsOf(workbookFile(`<row>${cells}</row>`))).toEqual([
      { line: 1, cells: ['2026-02-01', '2026-02-01', '01067', ...shown] },
    ]);
    const from1904 =
      '<workbook xmlns:x="u"><workbookPr date1904="1"/><sheets><sheet x:id="rId2"/></sheets></workbook>';
    const [row] = await rowsOf(workbookFile(`<row>${cells}</row>`, { 'xl/workbook.xml': from1904 }));
    expect(row?.cells[0]).toBe('2030-02-02');
  });

  it('need neither styles nor shared texts, and may have prefixes', async () => {
    const missing = { 'xl/styles.xml': undefined, 'xl/sharedStrings.xml': undefined };
    const sheet =
      '<x:worksheet xmlns:x="u"><x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>';
    const file = workbookFile('', { ...missing, 'xl/worksheets/sheet1.xml': sheet });
    expect(await rowsOf(file)).toEqual([{ line: 1, cells: ['1'] }]);
  });

  it('of far columns are left out', async () => {
    const [row] = await rowsOf(workbookFile('<row><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>'));
    expect(row?.cells).toEqual(['1']);
  });

  it.each([
    ['no archive', Buffer.from('plz\n50667'), 'no workbook'],
    ['an archive cut off', workbookFile(HEADER).subarray(0, 600), 'no workbook'],
    ['an archive of something else', zipFile({ 'readme.txt': 'hello' }), 'no workbook'],
    [
      'a workbook without a sheet',
      workbookFile('', { 'xl/workbook.xml': '<workbook><sheets/></workbook>' }),
      'no sheet',
    ],
    ['a sheet that is missing', workbookFile('', { 'xl/worksheets/sheet1.xml': undefined }), 'no workbook'],
    ['a sheet that is not well-formed', workbookFile('<row><c></row>'), 'no workbook'],
    [
      'a DOCTYPE',
      workbookFile('', { 'xl/sharedStrings.xml': '<!DOCTYPE a [<!ENTITY b "c">]><sst/>' }),
      'no workbook',
    ],
    ['deep nesting', workbookFile('<row>'.repeat(100) + '</row>'.repeat(100)), 'no workbook'],
    ['another encoding', zipFile({ '_rels/.rels': '\ud800' }), 'no workbook'],
    [
      'many parts',
      zipFile(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`${i}`, '']))),
      '1000 parts',
    ],
    ['a bomb that says so', workbookFile(' '.repeat(140_000_000)), '128 MB'],
    [
      'a bomb that hides it',
      zipFile({ '_rels/.rels': ' '.repeat(9_000_000) }, { '_rels/.rels': 100 }),
      'no workbook',
    ],
  ])('cannot be had from %s', async (_, file, message) => {
    const failure: unknown = await rowsOf(file).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkbookError);
    expect(String(failure)).toContain(message);
  });

  it('are rules and problems like those of a CSV file', async () => {
    const sheet = `${HEADER}<row r="7"><c><v>50667</v></c></row><row r="9"><c><v>123</v></c></row>`;
    const { rules, problems } = await readRules(workbookFile(sheet), 'xlsx');
    expect(rules).toHaveLength(1);
    expect(problems).toEqual([
      { line: 9, msg: 'Postal code is missing or invalid', data: 'Postal code: 123' },
    ]);
    expect(await readRules(Buffer.from('PK'), 'xlsx')).toEqual({
      rules: [],
      problems: [{ msg: 'File is no workbook that can be read' }],
    });
  });
});
