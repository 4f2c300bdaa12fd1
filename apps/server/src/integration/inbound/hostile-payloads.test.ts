import { beforeAll, describe, expect, it } from 'vitest';
import { type ErpFixture, erpFixture, event, useCase } from '../testing/erp-fixture.ts';

const ID = { attribute: 'external_id', field: 'nr' };
const PAYLOADS: readonly (readonly [string, object])[] = [
  ['a document type with entities', { format: 'xml', payload: '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>' }],
  ['an undeclared entity', { format: 'xml', payload: '<a>&lol;</a>' }],
  ['XML nested too deeply', { format: 'xml', payload: `${'<a>'.repeat(300)}${'</a>'.repeat(300)}` }],
  ['a NUL character', { format: 'xml', payload: '<a>&#0;</a>' }],
  ['half a document', { format: 'json', payload: '{"nr": "1", "x": [' }],
  ['JSON that is no container', { format: 'json', payload: '"text"' }],
  ['JSON nested too deeply', { format: 'json', payload: `${'['.repeat(300)}${']'.repeat(300)}` }],
  ['an object where XML is announced', { format: 'xml', payload: { nr: '1' } }],
];
/** Expressions that want more time, memory or rights than they get. */
const EXPRESSIONS: readonly string[] = [
  '($f := function($n) { $f($n + 1) }; $f(0))',
  '($f := function($n) { 1 + $f($n + 1) }; $f(0))',
  '$sum([1..10000000])',
  '$pad("x", 500000000)',
  '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /(a+)+$/)',
  '$eval("1 + 1")',
  '$lookup($, "__proto__").polluted',
  '$error("secret")',
];

let erp: ErpFixture;
beforeAll(async () => {
  const hostile = EXPRESSIONS.map((jsonataExpression, n) =>
    useCase(`hostile-${n}`, 'contact', [ID, { attribute: 'odd', jsonataExpression }]),
  );
  erp = await erpFixture([useCase('plain', 'contact', [ID]), ...hostile]);
});

describe('a hostile payload', () => {
  it.each(PAYLOADS)('(%s) is refused in its place, and the others of its batch are not', async (_, odd) => {
    const results = await erp.sync([
      event('plain', { nr: 'ok' }),
      { ...event('plain', {}), ...odd },
      event('plain', { nr: 'ok' }),
    ]);
    expect(results.map((result) => String(result['status']))).toEqual(['success', 'error', 'success']);
    expect(String(results[1]?.['message'])).not.toContain('lol');
  });

  it('that cannot be stored, or is too large, is refused as a whole', async () => {
    const send = (payload: unknown) =>
      erp.request('POST', '/v3/erp/updates/events', {
        integration_id: erp.integrationId,
        events: [event('plain', payload)],
      });
    expect((await send({ nr: 'a\u0000b' })).status).toBe(400);
    expect((await send({ nr: '\ud800' })).status).toBe(400);
    expect((await send({ nr: 'x'.repeat(11_000_000) })).status).toBe(413);
  });

  it('in bytes that are no UTF-8 is refused as a whole', async () => {
    const body = JSON.stringify({
      integration_id: erp.integrationId,
      events: [event('plain', { nr: 'utf' })],
    });
    const payload = Buffer.from(body.replace('utf', 'u?f'));
    payload[payload.indexOf('?')] = 0xff;
    const answer = await erp.server.busbar.http.inject({
      method: 'POST',
      url: '/v3/erp/updates/events',
      headers: { authorization: `Bearer ${erp.token}`, 'content-type': 'application/json' },
      payload,
    });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'INVALID_ENCODING']);
  });

  it('of ten megabytes is refused in its place, and one nested a hundred levels deep goes through', async () => {
    const nested = `${'{"a":'.repeat(100)}{}${'}'.repeat(100)}`;
    const results = await erp.sync([
      event('plain', { nr: 'x'.repeat(10_000_000) }),
      event('plain', `{"nr":"deep","x":${nested}}`),
    ]);
    expect(results.map((result) => String(result['status']))).toEqual(['error', 'success']);
    expect(await erp.monitoring({ event_id: results[0]?.['event_id'] })).toMatchObject([
      { error_code: 'PAYLOAD_TOO_LARGE', error_category: 'validation' },
    ]);
    expect(await erp.find('contact', 'external_id', 'deep')).toHaveLength(1);
  });

  it('and hostile expressions of one organisation leave the events of another alone', async () => {
    const other = await erpFixture([useCase('plain', 'contact', [ID])]);
    await erp.send(EXPRESSIONS.map((_, n) => event(`hostile-${n}`, { nr: `o-${n}` })));
    const sent = await other.send([event('plain', { nr: 'calm' })]);
    await other.settle();
    expect(await other.monitoring({ event_id: sent[0]?.['event_id'] })).toMatchObject([
      { status: 'success' },
    ]);
    await erp.settle();
  }, 60_000);

  it('of almost one MiB, or with thousands of items, goes through', async () => {
    const results = await erp.sync([event('plain', { nr: 'big', text: 'x'.repeat(1_000_000) })]);
    expect(await erp.monitoring({ event_id: results[0]?.['event_id'] })).toMatchObject([
      { status: 'success' },
    ]);
  });
});

describe('a hostile expression', () => {
  it('costs its attribute at most, and the events behind it are processed', async () => {
    const events = EXPRESSIONS.map((_, n) => event(`hostile-${n}`, { nr: `h-${n}` }));
    const results = await erp.sync([...events, event('plain', { nr: 'after' })]);
    for (const [n, result] of results.entries()) {
      const [row] = await erp.monitoring({ event_id: result['event_id'] });
      expect(['success', 'warning'], EXPRESSIONS[n]).toContain(String(row?.['status']));
      expect(String(row?.['error_message'])).not.toContain('secret');
    }
    expect(await erp.find('contact', 'external_id', 'after')).toHaveLength(1);
    expect(await erp.find('contact', 'external_id', 'h-0')).toHaveLength(1);
    expect(Object.prototype).not.toHaveProperty('polluted');
  }, 60_000);
});
