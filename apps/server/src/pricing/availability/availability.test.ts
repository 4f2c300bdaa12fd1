import { beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../testing/shop.ts';
import { workbookFile, zipFile } from '../testing/workbook-file.ts';
import { readRules } from './read-rules.ts';
import { RuleBook } from './rule-book.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});

/** A product with one availability file. */
async function product(content: string | Buffer, filename = 'area.csv'): Promise<string> {
  const issued = await shop.admin('POST', '/v2/files/upload', { filename });
  const { pathname, search } = new URL(String(issued.body['upload_url']));
  await shop.server.busbar.http.inject({
    method: 'PUT',
    url: `${pathname}${search}`,
    headers: { 'content-type': 'application/octet-stream' },
    payload: Buffer.from(content),
  });
  const file = await shop.admin('POST', '/v2/files', { filename, s3ref: issued.body['s3ref'] });
  return shop.create('product', {
    ...{ name: 'Tariff', type: 'product', active: true },
    _availability_files: { $relation: [{ entity_id: String(file.body['_id']) }] },
  });
}

function check(products: string[], location: object, more: object = {}) {
  return shop.journey('/v1/public/availability:check', { products, filters: { location, ...more } });
}

describe('$availabilityCheck', () => {
  it('knows where products are served, in the order asked', async () => {
    const cologne = await product('plz;ort\n50667;Köln\n506*;\n');
    const everywhere = await shop.create('product', { name: 'Anywhere', type: 'product', active: true });
    const unknown = '8b2c5ac4-6f55-4c4f-8f5e-3b2f6b2f0a11';
    const answer = await check([unknown, everywhere, cologne], { postal_code: '50667', city: 'KOLN' });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        available_products: [everywhere, cologne],
        check_results: [
          { product_id: unknown, matching_error: { msg: 'Product not found' } },
          { product_id: everywhere },
          { product_id: cologne, matching_hits: 2 },
        ],
      },
    });
    expect((await check([cologne], { postal_code: '10115' })).body['available_products']).toEqual([]);
  });

  it('says why a file cannot be read, and wants a postal code', async () => {
    const id = await product('whatever', 'area.txt');
    expect((await check([id], { postal_code: '50667' })).body).toMatchObject({
      available_products: [],
      check_results: [{ matching_error: { msg: 'Error - Unknown file extension for availability file.' } }],
    });
    expect((await check([id], { city: 'Köln' })).status).toBe(400);
  });

  it('reads workbooks', async () => {
    const sheet = '<row><c t="s"><v>0</v></c></row><row><c s="2"><v>1067</v></c></row>';
    const dresden = await product(workbookFile(sheet), 'Gebiet.XLSX');
    const { body } = await check([dresden], { postal_code: '01067' });
    expect(body).toMatchObject({ available_products: [dresden], check_results: [{ matching_hits: 1 }] });
    const broken = await product(zipFile({ 'readme.txt': 'hello' }), 'Gebiet.xlsx');
    expect((await check([broken], { postal_code: '01067' })).body).toMatchObject({
      available_products: [],
      check_results: [{ matching_error: { msg: 'File is no workbook that can be read' } }],
    });
  });

  it('narrows the catalog', async () => {
    const other = await openShop();
    shop = other;
    const id = await product('plz\n50667\n');
    const find = async (postal_code: string) =>
      (
        await shop.journey('/v1/public/catalog', {
          q: '_schema:product',
          availability: { location: { postal_code } },
        })
      ).body['hits'];
    expect(id).toBeTruthy();
    expect([await find('50667'), await find('10115')]).toEqual([1, 0]);
  });
});

describe('$validateAvailabilityFile', () => {
  const validate = (id: string) =>
    shop.admin('GET', `/v1/validate-availability/${id}`, undefined, { 'x-epilot-org-id': shop.org });

  it('counts rules and names lines and columns', async () => {
    const id = await product(
      'postal_code,street_number,available_start_date,available_end_date\n50667,"1-99u|8a",,\n123,,,\n50667,x,,\n50667,,31.02.2026,\n50667,,2026-02-01,2026-01-01\n50667,"1-99u|8a",,\n',
    );
    expect((await validate(id)).body).toEqual({
      status: 'error',
      rules_parsed_count: 1,
      errors: [
        { line: 3, msg: 'Postal code is missing or invalid', data: 'Postal code: 123' },
        { line: 4, msg: 'Street number is invalid', data: 'Street number: x' },
        { line: 5, msg: 'Date is invalid', data: 'Available start date: 31.02.2026' },
        { line: 6, msg: 'End date is before start date', data: 'Available end date: 2026-01-01' },
        { line: 7, msg: 'Duplicate rule', data: 'Postal code: 50667' },
      ],
    });
  });

  it('answers for good files, for none, for wrong encodings and for unknown products', async () => {
    expect((await validate(await product('\uFEFFPLZ\r\n50667\r\n'))).body).toEqual({
      ...{ status: 'success', rules_parsed_count: 1, errors: [] },
    });
    const none = await shop.create('product', { name: 'None', type: 'product', active: true });
    expect((await validate(none)).body['errors']).toEqual([{ msg: 'No availability file found' }]);
    const latin = await product(Buffer.from('plz;ort\n50667;K\xf6ln\n', 'latin1'));
    expect((await validate(latin)).body['errors']).toEqual([{ msg: 'File must be UTF-8 encoded' }]);
    // What was meant is clear enough to go by it.
    const { body } = await check([latin], { postal_code: '50667', city: 'Köln' });
    expect(body['available_products']).toEqual([latin]);
    expect((await validate('8b2c5ac4-6f55-4c4f-8f5e-3b2f6b2f0a11')).status).toBe(400);
  });
});

describe('a CSV file', () => {
  const rows = 'plz;ort\n50667;Köln\n';
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
  it.each([
    ['semicolons', Buffer.from(rows)],
    ['commas, quotes and a byte order mark', Buffer.from('\ufeff"plz","ort"\r\n"50667","Köln"\r\n')],
    ['tabs', Buffer.from(rows.replaceAll(';', '\t'))],
    ['a separator that the first line names', Buffer.from(`sep=|\r\n${rows.replaceAll(';', '|')}`)],
    ['Latin-1', Buffer.from(rows, 'latin1')],
    ['UTF-16, as Excel writes "Unicode text"', utf16(rows.replaceAll(';', '\t'))],
    ['UTF-16, big end first', utf16(rows).swap16()],
  ])('may have %s', async (_, bytes) => {
    expect((await readRules(bytes)).rules).toMatchObject([{ city: 'koln', postalCodes: { code: '50667' } }]);
  });

  it('counts the line that names the separator', async () => {
    expect((await readRules(Buffer.from('sep=;\nplz\nx\n'))).problems).toMatchObject([{ line: 3 }]);
  });

  it.each([
    ['', { line: 1, msg: 'Column postal_code is missing' }],
    ['ort\nKöln\n', { line: 1, msg: 'Column postal_code is missing' }],
    ['plz\n\0\n', { msg: 'File must be UTF-8 encoded' }],
    [`plz\n${'1\n'.repeat(200_001)}`, { line: 200_002, msg: 'File has more than 200000 rows' }],
  ])('is refused as a whole when it is none or too long', async (text, problem) => {
    expect(await readRules(Buffer.from(text))).toEqual({ rules: [], problems: [problem] });
  });

  it('may not take forever', async () => {
    const text = `plz\n${Array.from({ length: 5_000 }, (_, row) => `${10_000 + row}\n`).join('')}`;
    expect((await readRules(Buffer.from(text), 'csv', -1)).problems).toEqual([
      { line: 5_001, msg: 'File takes too long to read' },
    ]);
  });
});

describe('a rule', () => {
  const served = async (row: string, place: object) => {
    const header = 'postal_code;country;city;street;street_number;available_start_date;available_end_date';
    const { rules, problems } = await readRules(Buffer.from(`${header}\n${row}\n`));
    expect(problems).toEqual([]);
    return new RuleBook(rules).hits({ postalCode: '50667', day: '2026-06-01', ...place }) === 1;
  };

  it.each([
    ['50667-50679', { postalCode: '50670' }, true],
    ['50667-50679', { postalCode: '50680' }, false],
    ['506*', { postalCode: '5066' }, true],
    ['50667;;;Domstraße', { street: 'domstr' }, true],
    ['50667;AT', { country: 'de' }, false],
    ['50667;;;;1-99u', { number: '7b' }, true],
    ['50667;;;;1-99u', { number: '8' }, false],
    ['50667;;;;2-98g', { number: '8' }, true],
    ['50667;;;;8a|10', { number: '8a' }, true],
    ['50667;;;;8a|10', { number: '8' }, false],
    ['50667;;;;8a', {}, true],
    ['50667;;;;;01.06.2026;2026-06-01', {}, true],
    ['50667;;;;;;2026-05-31', {}, false],
  ])('%s for %o: %s', async (row, place, expected) => {
    expect(await served(row, place)).toBe(expected);
  });

  it('is read from quoted cells over several lines, whose lines count', async () => {
    const { rules, problems } = await readRules(Buffer.from('plz,ort\n50667,"Köln\n""Mitte"", Dom"\nx,\n'));
    expect(rules).toMatchObject([{ city: 'koln"mitte",dom' }]);
    expect(problems).toMatchObject([{ line: 4 }]);
  });
});
