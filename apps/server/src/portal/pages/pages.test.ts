import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../contract/json-object.ts';
import { type PortalFixture, portalFixture } from '../config/testing/portal-fixture.ts';

let fixture: PortalFixture;
let portalId: string;
let domain: string;
beforeAll(async () => {
  fixture = await portalFixture();
  const portal = await fixture.portal();
  portalId = String(portal['portal_id']);
  domain = String(portal['domain']);
});

const create = (body: object) => fixture.ask('POST', `/v2/portal/pages?domain=${domain}`, body);
const page = async (body: object) => {
  const answer = await create({ slug: `p-${randomUUID()}`, order: 50, ...body });
  expect([answer.status, answer.body['errors']]).toEqual([200, undefined]);
  return answer.body;
};
const at = (id: unknown) => `/v2/portal/pages/${String(id)}`;
const list = async (query = '', token = fixture.token): Promise<JsonObject[]> => {
  const answer = await fixture.server.request('GET', `/v2/portal/pages?domain=${domain}${query}`, { token });
  expect([answer.status, answer.body['errors']]).toEqual([200, undefined]);
  return JSON.parse(JSON.stringify(answer.body));
};
const block = (order: number, more: object = {}) => ({ type: 'group', order, ...more });

describe('a new portal', () => {
  it('has the system pages, labelled in German and English, with parents among them', async () => {
    const pages = await list();
    const login = pages.find(({ slug }) => slug === 'login');
    expect(login).toMatchObject({
      ...{ is_system: true, is_public: true, portal_id: portalId, domain, org_id: fixture.org },
      portal_sk_v3: `PORTAL_PAGE#${portalId}#login`,
      content: { label: { de: 'Anmelden', en: 'Log in' } },
    });
    const register = pages.find(({ slug }) => slug === 'register');
    expect(pages.find(({ slug }) => slug === 'success')?.['parentId']).toBe(register?.['id']);
    expect(pages.filter((one) => one['is_entry_route'] === true).map(({ slug }) => slug)).toEqual([
      'dashboard',
    ]);
  });

  it('shows its public pages to everybody, and no other', async () => {
    const answer = await fixture.askPublicly(`/v2/portal/public/pages?domain=${domain}&fields=is_public`);
    const pages: JsonObject[] = JSON.parse(JSON.stringify(answer.body));
    expect(pages.map(({ slug }) => slug)).toContain('login');
    expect(pages.every((one) => one['is_public'] === true)).toBe(true);
  });

  it('gets detail pages for the schemas it shows', async () => {
    const made = await fixture.portal({ allowed_portal_entities: ['contact', 'contract', 'ticket'] });
    const read = await fixture.ask('GET', `/v3/portal/config/${made['portal_id']}`);
    const pages: JsonObject[] = JSON.parse(JSON.stringify(read.body['pages']));
    const details = pages.filter((one) => one['is_detail'] === true);
    expect(details.map((one) => one['detail_schema'])).toEqual(['ticket']);
  });
});

describe('a page', () => {
  it('keeps its blocks and its former slug when it is replaced', async () => {
    const id = randomUUID();
    const made = await page({ slug: 'first', blocks: { [id]: block(1) }, extra: 'kept' });
    const answer = await fixture.ask('PUT', at(made['id']), { slug: 'second', order: 3 });
    expect(answer.body).toMatchObject({ slug: 'second', past_routes: ['first'], blocks: { [id]: { id } } });
    expect(answer.body['extra']).toBeUndefined();
    await page({ slug: 'first' });
    expect((await fixture.ask('GET', at(made['id']))).body['past_routes']).toEqual([]);
  });

  it('is refused with a slug that is taken or a circle of parents, and stands at the top below an unknown parent', async () => {
    const { slug } = await page({});
    const taken = await create({ slug, order: 1 });
    expect([taken.status, taken.body['errors']]).toEqual([
      400,
      [{ path: 'body.slug', message: `${slug} is used by another page` }],
    ]);
    const lost = await create({ slug: 'lost', order: 1, parentId: randomUUID() });
    expect([lost.status, lost.body['parentId']]).toEqual([200, null]);
    expect((await create({ slug: 'Not A Slug', order: 1 })).status).toBe(400);
    const above = await page({});
    const below = await page({ parentId: above['id'] });
    const circle = await fixture.ask('PUT', at(above['id']), {
      ...{ slug: above['slug'], order: 1, parentId: below['id'] },
    });
    expect(circle.status).toBe(400);
  });

  it('leaves its children to its parent when it is deleted; system pages stay', async () => {
    const top = await page({});
    const middle = await page({ parentId: top['id'] });
    const leaf = await page({ parentId: middle['id'] });
    expect((await fixture.ask('DELETE', at(middle['id']))).status).toBe(204);
    expect((await fixture.ask('GET', at(middle['id']))).status).toBe(404);
    expect((await fixture.ask('GET', at(leaf['id']))).body['parentId']).toBe(top['id']);
    const login = (await list('&filter=slug=login'))[0];
    expect((await fixture.ask('DELETE', at(login?.['id']))).status).toBe(403);
  });

  it('takes the entry route from the page that had it', async () => {
    const made = await page({ is_entry_route: true });
    const entries = await list('&filter=is_entry_route=true');
    expect(entries.map(({ id }) => id)).toEqual([made['id']]);
  });

  it('is found by filters, lists included, and reduced to fields', async () => {
    const slug = `p-${randomUUID()}`;
    await page({ slug, schema: ['contract', 'contact'], content: { label: {} } });
    const found = await list(`&filter=schema=contract,slug=${slug}&fields=schema`);
    expect(found.map((one) => Object.keys(one).sort())).toEqual([['id', 'order', 'schema', 'slug']]);
    expect(await list(`&filter=schema=meter,slug=${slug}`)).toEqual([]);
  });
});

describe('blocks', () => {
  it('are created, listed in order, replaced, and deleted with what stands below', async () => {
    const made = await page({});
    const path = `${at(made['id'])}/blocks`;
    const second = (await fixture.ask('POST', path, block(2))).body;
    const first = (await fixture.ask('POST', path, block(1, { parentId: second['id'] }))).body;
    const ids = async () => {
      const answer = await fixture.ask('GET', path);
      return JSON.parse(JSON.stringify(answer.body)).map((one: JsonObject) => one['id']);
    };
    expect(await ids()).toEqual([first['id'], second['id']]);
    const changed = await fixture.ask('PUT', `${path}/${first['id']}`, block(3, { parentId: second['id'] }));
    expect(changed.body).toMatchObject({ id: first['id'], order: 3 });
    expect(await ids()).toEqual([second['id'], first['id']]);
    expect((await fixture.ask('DELETE', `${path}/${second['id']}`)).status).toBe(204);
    expect(await ids()).toEqual([]);
    expect((await fixture.ask('GET', `${path}/${first['id']}`)).status).toBe(404);
  });
});

describe('a portal user', () => {
  it('sees what is visible now, and nothing below a hidden block', async () => {
    const user = await fixture.user(portalId);
    const [hidden, below, shown, early, targeted] = Array.from({ length: 5 }, () => randomUUID());
    const made = await page({
      blocks: {
        [String(hidden)]: block(1, { props: { visibility: { is_hidden: true } } }),
        [String(below)]: block(2, { parentId: hidden }),
        [String(shown)]: block(3, { props: { visibility: { visible_for_targets: [] } } }),
        [String(early)]: block(4, { props: { visibility: { start_date: '2999-01-01T00:00:00Z' } } }),
        [String(targeted)]: block(5, { props: { visibility: { visible_for_targets: [randomUUID()] } } }),
      },
    });
    const read = (path: string) => fixture.server.request('GET', path, { token: user.token });
    expect(Object.keys((await read(at(made['id']))).body['blocks'] ?? {})).toEqual([shown]);
    expect((await read(`${at(made['id'])}/blocks/${below}`)).status).toBe(404);
    const closed = await page({ visibility: { is_hidden: true } });
    const unseen = await page({ schema: ['workflow_of_nobody'] });
    expect((await read(at(closed['id']))).status).toBe(404);
    expect((await read(at(unseen['id']))).status).toBe(404);
    expect((await list('', user.token)).map(({ id }) => id)).not.toContain(closed['id']);
  });
});

describe('a configuration with its pages', () => {
  it('shows portal users every change at once, although it is kept in memory', async () => {
    const portal = await fixture.portal();
    const id = String(portal['portal_id']);
    const { token } = await fixture.user(id);
    const read = async () => (await fixture.server.request('GET', `/v3/portal/config/${id}`, { token })).body;
    const slugs = (config: { readonly pages?: unknown }) => JSON.stringify(config.pages);
    const before = await read();
    expect(await read()).toEqual(before);

    const added = await fixture.ask('POST', `/v2/portal/pages?domain=${String(portal['domain'])}`, {
      slug: 'brand-new',
      order: 90,
    });
    expect(slugs(await read())).toContain('"brand-new"');
    await fixture.ask('PUT', at(added.body['id']), {
      slug: 'newer',
      order: 90,
      visibility: { is_hidden: true },
    });
    expect(slugs(await read())).toBe(slugs(before));
    await fixture.ask('PUT', at(added.body['id']), {
      slug: 'newer',
      order: 90,
      content: { title: '{{contact.first_name}}' },
    });
    expect(slugs(await read())).toContain('"title":"Kim"');
    await fixture.ask('DELETE', at(added.body['id']));
    expect(await read()).toEqual(before);

    const { organisations } = fixture.server.busbar.rooms.identity;
    await organisations.writeSetting(fixture.org, 'portal_ff_brand_new', true);
    expect((await read())['feature_flags']).toMatchObject({ brand_new: true });
    const put = await fixture.ask('PUT', `/v3/portal/config/${id}`, {
      name: 'Renamed',
      identity_providers: [
        {
          slug: 'own',
          display_name: 'Own',
          oidc_config: { issuer: 'https://id.example.org', client_id: 'c' },
        },
      ],
    });
    expect([put.status, put.body['errors']]).toEqual([200, undefined]);
    expect(await read()).toMatchObject({ name: 'Renamed', identity_providers: [{ slug: 'own' }] });
    const role = { id: `${fixture.org}:portal_${id}`, slug: `portal_${id}`, name: 'Users' };
    await fixture.server.busbar.storage.database.tenant(fixture.org).transaction((tx) =>
      organisations.putRole(tx, {
        ...{ ...role, type: 'portal_role', parentRole: undefined, expiresAt: undefined },
        grants: [{ action: 'entity:view', resource: 'contact:*' }],
      }),
    );
    expect((await read())['grants']).toEqual([
      { action: 'entity:view', resource: 'contact:*', effect: 'allow' },
    ]);
  });
});

describe('a save of a whole portal', () => {
  const put = (pages: object[], mode = 'id') =>
    fixture.ask('PUT', `/v3/portal/config/${portalId}?page_upsert_mode=${mode}`, { pages });

  it('changes pages by id, deletes only what says so, and leaves the others alone', async () => {
    const [one, other] = [await page({}), await page({})];
    const before = (await list()).length;
    const answer = await put([
      { id: one['id'], slug: one['slug'], order: 7 },
      { id: other['id'], slug: other['slug'], order: 1, is_deleted: true },
    ]);
    expect([answer.status, answer.body['errors']]).toEqual([200, undefined]);
    expect((await list()).length).toBe(before - 1);
    expect((await fixture.ask('GET', at(one['id']))).body['order']).toBe(7);
  });

  it('by slug gives a page and what refers to it the stored id', async () => {
    const stored = await page({});
    const [sentId, childId, blockId] = [randomUUID(), randomUUID(), randomUUID()];
    const answer = await put(
      [
        {
          ...{ id: sentId, slug: stored['slug'], order: 2 },
          blocks: { [blockId]: block(1, { parentId: sentId }) },
        },
        { id: childId, slug: `p-${randomUUID()}`, order: 3, parentId: sentId },
      ],
      'slug',
    );
    expect(answer.status).toBe(200);
    const read = (await fixture.ask('GET', at(stored['id']))).body;
    expect(read).toMatchObject({ order: 2, blocks: { [blockId]: { parentId: stored['id'] } } });
    expect((await fixture.ask('GET', at(childId))).body['parentId']).toBe(stored['id']);
  });
});

describe('pages of somebody who does not know of ours', () => {
  const fresh = async () => {
    const portal = await fixture.portal();
    const path = `/v3/portal/config/${portal['portal_id']}`;
    const pagesOf = async (): Promise<JsonObject[]> =>
      JSON.parse(JSON.stringify((await fixture.ask('GET', path)).body['pages']));
    return { domain: String(portal['domain']), path, pagesOf };
  };

  it('take the place of pages with their slugs, with the pages below, whoever brings them', async () => {
    const { path, pagesOf } = await fresh();
    const [id, blockId] = [randomUUID(), randomUUID()];
    const blocks = { [blockId]: block(1, { parentId: id }) };
    const before = await pagesOf();
    const send = (order: number) =>
      fixture.ask('PUT', path, { pages: [{ id, slug: 'register', order, blocks }] });
    expect((await send(70)).status).toBe(200);
    const after = await pagesOf();
    expect(after.map(({ slug }) => slug).sort()).toEqual(before.map(({ slug }) => slug).sort());
    expect(after.find(({ slug }) => slug === 'register')).toMatchObject({
      ...{ id, order: 70, is_system: true, blocks: { [blockId]: { parentId: id } } },
    });
    expect(after.find(({ slug }) => slug === 'success')?.['parentId']).toBe(id);
    expect((await send(71)).status).toBe(200);
    const other = randomUUID();
    expect(
      (await fixture.ask('PUT', path, { pages: [{ id: other, slug: 'register', order: 1 }] })).status,
    ).toBe(200);
    const last = await pagesOf();
    expect(last.find(({ slug }) => slug === 'register')).toMatchObject({
      ...{ id: other, blocks: { [blockId]: { parentId: other } } },
    });
    expect(last.find(({ slug }) => slug === 'success')?.['parentId']).toBe(other);
  });

  it('may be the documented one, created by itself', async () => {
    const { domain: host, pagesOf } = await fresh();
    const sample = {
      ...{
        slug: 'dashboard',
        path: '/dashboard',
        schema: ['contact'],
        visibility: {},
        content: {},
        design: {},
      },
      ...{ blocks: {}, order: 1, is_system: false, is_detail: false, is_public: true, is_entry_route: false },
      parentId: 'c495fef9-eeca-4019-a989-8390dcd9825b',
    };
    const post = () => fixture.ask('POST', `/v2/portal/pages?domain=${host}`, sample);
    const made = await post();
    expect([made.status, made.body['slug'], made.body['blocks']]).toEqual([200, 'dashboard', {}]);
    expect((await pagesOf()).filter(({ slug }) => slug === 'dashboard').map(({ id }) => id)).toEqual([
      made.body['id'],
    ]);
    expect((await post()).status).toBe(400);
  });

  it('do not take the place of pages that are sent along, nor, one by one, of edited ones', async () => {
    const { domain: host, path, pagesOf } = await fresh();
    const stored = (await pagesOf()).find(({ slug }) => slug === 'login');
    const newcomer = { id: randomUUID(), slug: 'login', order: 1 };
    const put = (pages: object[]) => fixture.ask('PUT', path, { pages });
    expect((await put([newcomer, { ...stored }])).status).toBe(400);
    expect((await put([newcomer, { ...stored, slug: 'login-old' }])).status).toBe(200);
    const ids = (await pagesOf()).filter(({ slug }) => String(slug).startsWith('login')).map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set([newcomer.id, stored?.['id']]));
    const help = (await pagesOf()).find(({ slug }) => slug === 'support');
    expect((await put([{ ...help, content: { label: { de: 'Unsere Hilfe' } } }])).status).toBe(200);
    const post = { slug: 'support', order: 1 };
    expect((await fixture.ask('POST', `/v2/portal/pages?domain=${host}`, post)).status).toBe(400);
  });
});

describe('a portal as a whole', () => {
  it('exchanges its pages with another, ids and all, and takes them with it when it goes', async () => {
    const [one, other] = [await fixture.portal(), await fixture.portal()];
    const pageIds = async (portal: JsonObject) => {
      const read = await fixture.ask('GET', `/v3/portal/config/${portal['portal_id']}`);
      const pages: JsonObject[] = JSON.parse(JSON.stringify(read.body['pages']));
      expect(new Set(pages.map((each) => each['portal_id']))).toEqual(new Set([portal['portal_id']]));
      return pages.map(({ id }) => id);
    };
    const [ofOne, ofOther] = [await pageIds(one), await pageIds(other)];
    const swapped = await fixture.ask('POST', '/v3/portal/config/swap', {
      source_portal_id: one['portal_id'],
      target_portal_id: other['portal_id'],
    });
    expect(swapped.status).toBe(200);
    expect([await pageIds(one), await pageIds(other)]).toEqual([ofOther, ofOne]);
    expect((await fixture.ask('DELETE', `/v3/portal/config/${other['portal_id']}`)).status).toBe(204);
    expect((await fixture.ask('GET', at(ofOne[0]))).status).toBe(404);
  });
});

describe('who may', () => {
  it('read and write pages', async () => {
    const made = await page({});
    const path = at(made['id']);
    const stranger = await portalFixture();
    const viewer = await fixture.staff(['customer_portal:view']);
    const user = (await fixture.user(portalId)).token;
    const elsewhere = (await fixture.user(String((await fixture.portal())['portal_id']))).token;
    const callers = [undefined, stranger.token, elsewhere, user, viewer];
    const statuses = async (method: string, target: string, body?: object) => {
      const answers = callers.map((token) =>
        fixture.server.request(method, target, { ...(token ? { token } : {}), body }),
      );
      return (await Promise.all(answers)).map(({ status }) => status);
    };
    const body = { slug: 'mine', order: 1 };
    expect(await statuses('GET', path)).toEqual([401, 404, 404, 200, 200]);
    expect(await statuses('GET', `/v2/portal/pages?domain=${domain}`)).toEqual([401, 404, 403, 200, 200]);
    expect(await statuses('GET', `${path}/blocks`)).toEqual([401, 404, 404, 200, 200]);
    expect(await statuses('PUT', path, body)).toEqual([401, 404, 401, 401, 403]);
    expect(await statuses('DELETE', path)).toEqual([401, 404, 401, 401, 403]);
    expect(await statuses('POST', `/v2/portal/pages?domain=${domain}`, body)).toEqual([
      401, 404, 401, 401, 403,
    ]);
    expect(await statuses('POST', `${path}/blocks`, block(1))).toEqual([401, 404, 401, 401, 403]);
    expect(await statuses('GET', '/v2/portal/pages/default')).toEqual([401, 200, 401, 401, 200]);
    expect((await fixture.ask('GET', '/v2/portal/pages?domain=nobody.example')).status).toBe(404);
  });
});

describe('placeholders', () => {
  const text = (value: string) => JSON.stringify({ root: { children: [{ type: 'text', text: value }] } });

  it('become what the user may see, escaped inside HTML, and are left for later where they are for entities', async () => {
    const user = await fixture.user(portalId, { first_name: 'Kim & <b>Co</b>' });
    const contract = await fixture.ask('POST', '/v1/entity/contract', {
      contract_name: 'Strom',
      customer: { $relation: [{ entity_id: user.contactId }] },
    });
    const content = {
      plain: 'Hi {{contact.first_name}}{{contact.no_such_thing}}!',
      html: '<p>{{contact.first_name}}</p>',
      entity_title: '{{contract.contract_name}}',
      valueJson: { en: text('Hello {{contact.first_name}}') },
      context: '{{contract.contract_name}} of {{organization.id}}',
      broken: '{{#if}}',
    };
    const made = await page({ content, blocks: { [randomUUID()]: block(1, { props: { content } }) } });
    const named = JSON.stringify([{ entity_id: contract.body['_id'], entity_schema: 'contract' }]);
    const query = `&filter=slug=${String(made['slug'])}&context_entities=${encodeURIComponent(named)}`;
    const seen = (await list(query, user.token))[0] ?? {};
    const expected = {
      plain: 'Hi Kim & <b>Co</b>!',
      html: '<p>Kim &amp; &lt;b&gt;Co&lt;/b&gt;</p>',
      entity_title: '{{contract.contract_name}}',
      valueJson: { en: text('Hello Kim & <b>Co</b>') },
      context: `Strom of ${fixture.org}`,
      broken: '',
    };
    expect(seen['content']).toEqual(expected);
    expect(Object.values(seen['blocks'] ?? {})).toMatchObject([{ props: { content: expected } }]);
    expect((await list(`&filter=slug=${String(made['slug'])}`))[0]?.['content']).toEqual(content);
    const stranger = await fixture.user(portalId);
    const refused = await fixture.server.request('GET', `/v2/portal/pages?domain=${domain}${query}`, {
      token: stranger.token,
    });
    expect(refused.status).toBe(403);
  });

  it('may name custom variables, which see what the page sees', async () => {
    const user = await fixture.user(portalId, { first_name: 'Kim & Co' });
    const define = (key: string, template: string) =>
      fixture.ask('POST', '/v1/custom-variables', { key, template, type: 'snippet' });
    expect((await define('anrede', '<p>Moin {{contact.first_name}} {{bei}}</p>')).status).toBe(201);
    expect((await define('bei', 'bei {{organization.id}}{{anrede}}')).status).toBe(201);
    const content = { line: '{{anrede}}', rich: { valueJson: { de: text('{{bei}}') } } };
    const made = await page({ content, is_public: true });
    const [seen] = await list(`&filter=slug=${String(made['slug'])}`, user.token);
    expect(seen?.['content']).toMatchObject({
      line: expect.stringMatching(new RegExp(`^<p>Moin Kim &amp; Co bei ${fixture.org}`)),
    });
    expect(JSON.stringify(seen)).not.toContain('{{');
    const path = `/v2/portal/public/pages?domain=${domain}&filter=slug=${String(made['slug'])}`;
    const open = JSON.stringify((await fixture.askPublicly(path)).body);
    expect(open).toContain(`<p>Moin  bei ${fixture.org}`);
  });

  it('of public pages know nothing personal', async () => {
    const made = await page({
      is_public: true,
      content: { line: '{{organization.id}}/{{contact.first_name}}' },
    });
    const path = `/v2/portal/public/pages?domain=${domain}&filter=slug=${String(made['slug'])}`;
    expect((await fixture.askPublicly(path)).body).toMatchObject([{ content: { line: `${fixture.org}/` } }]);
  });
});
