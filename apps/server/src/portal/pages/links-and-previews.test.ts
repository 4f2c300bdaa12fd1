import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { saveSchema } from '../../entities/index.ts';
import { type PortalFixture, portalFixture } from '../config/testing/portal-fixture.ts';

let fixture: PortalFixture;
beforeAll(async () => {
  fixture = await portalFixture();
});

describe('external links', () => {
  const [plain, mine, others, sealed] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const links = [
    { id: plain, label: { de: 'Für {{contact.first_name}}' }, type: 'link', link: 'https://example.org' },
    {
      ...{ id: mine, label: {}, type: 'link', link: 'https://example.org/?n={{contact.first_name}}' },
      rules: [{ entity: 'contact', attribute: 'first_name', attribute_value: 'Kim & Co' }],
    },
    {
      ...{ id: others, label: {}, type: 'link', link: 'https://example.org' },
      ...{ entity: 'contact', attribute: 'first_name', attribute_value: 'Robin' },
    },
    { id: sealed, label: {}, type: 'seamless', link: 'https://secret.example.org' },
  ];

  it('are as they are for staff, and as they concern them for portal users', async () => {
    const portal = await fixture.portal({ config: JSON.stringify({ externalLinks: links }) });
    const path = `/v3/portal/external-links?portal_id=${portal['portal_id']}`;
    expect((await fixture.ask('GET', path)).body).toEqual(links);
    const user = await fixture.user(String(portal['portal_id']), { first_name: 'Kim & Co' });
    const seen = [
      { ...links[0], label: { de: 'Für Kim & Co' } },
      { ...links[1], link: 'https://example.org/?n=Kim%20%26%20Co' },
      { ...links[3], link: '' },
    ];
    const ask = (target: string, token?: string) =>
      fixture.server.request('GET', target, token ? { token } : {});
    expect((await ask(path, user.token)).body).toEqual(seen);
    expect((await ask('/v2/portal/external-links', user.token)).body).toEqual(seen);
    expect((await fixture.ask('GET', `${path}&contactId=${user.contactId}`)).body).toEqual(seen);
    expect((await fixture.ask('GET', `${path}&contactId=${randomUUID()}`)).status).toBe(404);

    const one = (id: string) => `/v3/portal/resolve:external-link/${id}?portal_id=${portal['portal_id']}`;
    expect((await ask(one(mine), user.token)).body).toEqual(seen[1]);
    expect((await ask(one(others), user.token)).status).toBe(404);
    expect((await ask(one(sealed), user.token)).status).toBe(422);

    const stranger = await portalFixture();
    const viewer = await fixture.staff(['customer_portal:view']);
    const elsewhere = await fixture.user(String((await fixture.portal())['portal_id']));
    const statuses = [undefined, stranger.token, elsewhere.token, viewer].map((token) => ask(path, token));
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([401, 404, 403, 200]);
  });
});

it('labels and addresses of links may name custom variables', async () => {
  const own = await portalFixture();
  const id = randomUUID();
  const link = { id, label: { de: '{{gruss}}!' }, type: 'link', link: '{{shop}}/von/{{contact.first_name}}' };
  const portal = await own.portal({ config: JSON.stringify({ externalLinks: [link] }) });
  const user = await own.user(String(portal['portal_id']), { first_name: 'Kim & Co' });
  for (const [key, template] of [
    ['gruss', 'Moin {{contact.first_name}}'],
    ['shop', 'https://shop.example.org'],
  ]) {
    const made = await own.ask('POST', '/v1/custom-variables', { key, template, type: 'snippet' });
    expect(made.status).toBe(201);
  }
  const path = `/v3/portal/external-links?portal_id=${portal['portal_id']}`;
  const seen = [
    { ...link, label: { de: 'Moin Kim & Co!' }, link: 'https://shop.example.org/von/Kim%20%26%20Co' },
  ];
  expect((await own.server.request('GET', path, { token: user.token })).body).toEqual(seen);
  expect((await own.ask('GET', `${path}&contactId=${user.contactId}`)).body).toEqual(seen);
  expect((await own.ask('GET', path)).body).toEqual([link]);
});

describe('a preview of pages', () => {
  const blockId = randomUUID();
  const pages = (target: string) => [
    {
      ...{ slug: 'draft', order: 1, content: { line: '{{contact.first_name}} {{contact.last_name}}' } },
      blocks: {
        [blockId]: { type: 'text', order: 1, props: { visibility: { visible_for_targets: [target] } } },
      },
    },
  ];
  const preview = (body: object, token: string = fixture.token) =>
    fixture.server.request('POST', '/v2/portal/pages/interpolate', { token, body });

  it('says what staff may see of the entities in context, and judges targets without removing anything', async () => {
    const user = await fixture.user(String((await fixture.portal())['portal_id']), { first_name: 'Kim' });
    const context_entities = [{ entity_id: user.contactId, entity_schema: 'contact' }];
    const answer = await preview({ pages: pages(randomUUID()), context_entities, evaluate_targeting: true });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject([
      {
        ...{ content: { line: 'Kim ' }, visibility: { _targeting_status: 'no_targeting' } },
        blocks: { [blockId]: { props: { visibility: { _targeting_status: 'hidden' } } } },
      },
    ]);
  });

  it('judges a target by its schema and filters', async () => {
    const user = await fixture.user(String((await fixture.portal())['portal_id']), { first_name: 'Kim' });
    const schema = { slug: 'target', name: 'Target', plural: 'Targets', capabilities: [], attributes: [] };
    await fixture.server.busbar.storage.database
      .tenant(fixture.org)
      .transaction((tx) => saveSchema(tx, 'target', schema, new Date()));
    const statusFor = async (name: string) => {
      const target = await fixture.ask('POST', '/v1/entity/target', {
        ...{ entity_schema: 'contact', entity_filters: [{ term: { first_name: name } }] },
      });
      expect([target.status, target.body['code']]).toEqual([201, undefined]);
      const answer = await preview({
        ...{ pages: pages(String(target.body['_id'])), evaluate_targeting: true },
        context_entities: [{ entity_id: user.contactId, entity_schema: 'contact' }],
      });
      return JSON.stringify(answer.body).includes('"_targeting_status":"visible"');
    };
    expect([await statusFor('Kim'), await statusFor('Robin')]).toEqual([true, false]);
  });

  it('is not for ordinary portal users, nor over what does not exist', async () => {
    const user = await fixture.user(String((await fixture.portal())['portal_id']));
    expect((await preview({ pages: [] }, user.token)).status).toBe(403);
    const context_entities = [{ entity_id: randomUUID(), entity_schema: 'contact' }];
    expect((await preview({ pages: [], context_entities })).status).toBe(403);
  });
});
