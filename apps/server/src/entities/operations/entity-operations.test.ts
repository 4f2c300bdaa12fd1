import { beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../../testing/test-server.ts';

describe('the Entity API', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer();
    token = (await server.organisation()).token;
  });

  const call = (method: string, path: string, body?: unknown) =>
    server.request(method, path, { token, body });
  const create = async (slug: string, body: object) => {
    const answer = await call('POST', `/v1/entity/${slug}`, body);
    expect(answer.status).toBe(201);
    return answer.body;
  };

  it('creates, reads, patches, replaces, deletes, restores and purges', async () => {
    const contact = await create('contact', { first_name: 'Mia', last_name: 'Kurz', _tags: ['vip'] });
    const path = `/v1/entity/contact/${String(contact['_id'])}`;
    expect((await call('GET', path.replace('/v1', '/v2'))).body).toEqual(contact);

    const patched = await call('PATCH', path, { title: 'Dr.' });
    expect(patched.body).toMatchObject({ first_name: 'Mia', title: 'Dr.' });
    const replaced = await call('PUT', path, { last_name: 'Lang' });
    expect(replaced.body).not.toHaveProperty('first_name');
    expect(replaced.body).toMatchObject({ last_name: 'Lang', _tags: ['vip'], _title: 'Lang' });

    expect((await call('DELETE', path)).status).toBe(200);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('PATCH', path, { title: 'x' })).status).toBe(404);
    expect((await call('PATCH', `${path}:restore`, {})).body).toMatchObject({ last_name: 'Lang' });
    expect((await call('PATCH', `${path}:restore`, {})).status).toBe(400);
    expect((await call('DELETE', `${path}?purge=true`)).status).toBe(200);
    expect((await call('PATCH', `${path}:restore`, {})).status).toBe(404);
  });

  it('answers 404 for other slugs, unknown ids and other organisations', async () => {
    const contact = await create('contact', { first_name: 'Mia' });
    const id = String(contact['_id']);
    const stranger = await server.organisation();
    expect((await call('GET', `/v2/entity/account/${id}`)).status).toBe(404);
    expect((await call('GET', `/v2/entity/contact/${crypto.randomUUID()}`)).status).toBe(404);
    for (const [method, suffix] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/activity'],
    ] as const) {
      const answer = await server.request(method, `/v1/entity/contact/${id}${suffix}`, {
        token: stranger.token,
        ...(method === 'PATCH' ? { body: { first_name: 'Eve' } } : {}),
      });
      expect(answer.status).toBe(404);
    }
    expect((await call('POST', '/v1/entity/unknown_schema', {})).status).toBe(404);
  });

  it('needs a token', async () => {
    expect((await server.request('GET', '/v1/entity/schemas')).status).toBe(401);
  });

  it('refuses a supplied id, relations to nothing, and too large documents', async () => {
    expect((await call('POST', '/v1/entity/contact', { _id: crypto.randomUUID() })).status).toBe(400);
    const unknown = crypto.randomUUID();
    const answer = await call('POST', '/v1/entity/contact', {
      account: { $relation: [{ entity_id: unknown }] },
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(unknown);
    expect((await call('POST', '/v1/entity/contact', { note: 'x'.repeat(1_100_000) })).status).toBe(413);
  });

  it('keeps a newer version from being overwritten', async () => {
    const contact = await create('contact', { first_name: 'Mia' });
    const path = `/v1/entity/contact/${String(contact['_id'])}`;
    server.clock.advance(1000);
    expect(
      (await call('PATCH', path, { first_name: 'Ida', _updated_at: contact['_updated_at'] })).status,
    ).toBe(200);
    expect(
      (await call('PATCH', path, { first_name: 'Eva', _updated_at: contact['_updated_at'] })).status,
    ).toBe(409);
  });

  it('upserts by unique keys', async () => {
    const path = '/v1/entity/contact:upsert';
    const body = {
      unique_key: ['email.0.email'],
      entity: { email: [{ email: 'up@example.org' }], first_name: 'A' },
    };
    const created = await call('PATCH', path, body);
    expect(created.status).toBe(201);
    const patched = await call('PATCH', path, { ...body, entity: { ...body.entity, first_name: 'B' } });
    expect(patched.status).toBe(200);
    expect(patched.body['_id']).toEqual(created.body['_id']);
    expect(patched.body['email']).toEqual(created.body['email']);
    expect((await call('PATCH', path, { unique_key: ['customer_number'], entity: {} })).status).toBe(400);

    server.clock.advance(1000);
    await create('contact', { email: [{ email: 'up@example.org' }] });
    expect((await call('PATCH', `${path}?strict=true`, body)).status).toBe(409);
    expect((await call('PATCH', path, body)).body['_id']).toEqual(created.body['_id']);

    const gone = await create('contact', { customer_number: 'gone' });
    await call('DELETE', `/v1/entity/contact/${String(gone['_id'])}`);
    const onlyDeleted = { unique_key: ['customer_number'], entity: { customer_number: 'gone' } };
    expect((await call('PATCH', path, onlyDeleted)).status).toBe(405);
  });

  it('validates on request, and writes nothing then or in a dry run', async () => {
    const contact = await create('contact', { first_name: 'Mia' });
    const path = `/v1/entity/contact/${String(contact['_id'])}`;
    const answer = await call('PATCH', `${path}?validate=true`, {
      birthdate: 'yesterday',
      email: [{ email: 'no' }],
    });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      status: 'error',
      errors: [
        { keyword: 'format', instance_path: '/birthdate' },
        { keyword: 'format', instance_path: '/email/0' },
      ],
    });
    expect((await call('PATCH', `${path}?dry_run=true`, { first_name: 'Eva' })).body['first_name']).toBe(
      'Eva',
    );
    expect((await call('GET', path)).body['entity']).toEqual(contact);
  });

  it('hydrates relations and references, and selects fields', async () => {
    const contact = await create('contact', {
      first_name: 'Mia',
      address: [{ city: 'Musterstadt' }, { city: 'Neuort' }],
    });
    const addresses = JSON.parse(JSON.stringify(contact['address']));
    const contract = await create('contract', {
      contract_name: 'Strom',
      customer: { $relation: [{ entity_id: contact['_id'], _tags: ['primary'] }] },
      billing_address: {
        $relation_ref: [{ entity_id: contact['_id'], path: 'address', _id: addresses[1]._id }],
      },
    });
    const path = `/v2/entity/contract/${String(contract['_id'])}`;
    const { body } = await call('GET', `${path}?hydrate=true`);
    expect(body['customer']).toMatchObject([
      {
        _id: contact['_id'],
        first_name: 'Mia',
        $relation: { entity_id: contact['_id'], _tags: ['primary'] },
      },
    ]);
    expect(body['billing_address']).toMatchObject([
      { _id: contact['_id'], address: { city: 'Neuort' }, $relation_ref: { path: 'address' } },
    ]);
    const some = await call('GET', `${path}?hydrate=true&fields=customer.*._title&fields=contract_name`);
    expect(some.body).toEqual({
      _id: contract['_id'],
      _org: contract['_org'],
      _schema: 'contract',
      _title: 'Strom',
      _created_at: contract['_created_at'],
      _updated_at: contract['_updated_at'],
      contract_name: 'Strom',
      customer: [{ _title: 'Mia' }],
    });
    const v1 = await call('GET', `/v1/entity/contract/${String(contract['_id'])}`);
    expect(v1.body).toMatchObject({ entity: { _id: contract['_id'] }, relations: [{ _id: contact['_id'] }] });
  });

  it('lists relations both ways, and links and unlinks by hand', async () => {
    const contact = await create('contact', { first_name: 'Mia' });
    const file = await create('file', { filename: 'bill.pdf' });
    const contactId = String(contact['_id']);
    const fileId = String(file['_id']);
    const added = await call('POST', `/v1/entity/contact/${contactId}/relations`, [
      { entity_id: fileId, attribute: '_files', _tags: ['bill'] },
    ]);
    expect(added.body).toEqual({ entity_id: fileId, attribute: '_files', _schema: 'file', _tags: ['bill'] });

    const direct = await call('GET', `/v3/entity/contact/${contactId}/relations`);
    expect(direct.body).toEqual({
      hits: 1,
      relations: [
        { entity_id: fileId, _schema: 'file', attribute: '_files', _tags: ['bill'], reverse: false },
      ],
    });
    const reverse = await call(
      'GET',
      `/v3/entity/file/${fileId}/relations?mode=reverse&hydrate=true&include_schemas=contact&include_schemas=account`,
    );
    expect(reverse.body).toMatchObject({
      hits: 1,
      relations: [{ _id: contactId, $relation: { reverse: true } }],
    });
    expect(
      (await call('GET', `/v3/entity/file/${fileId}/relations?mode=both&exclude_schemas=contact`)).body[
        'hits'
      ],
    ).toBe(0);

    const link = `/v1/entity/contact/${contactId}/relations/_files/${fileId}`;
    expect((await call('DELETE', link)).status).toBe(204);
    expect((await call('DELETE', link)).status).toBe(404);
  });

  it('refuses feeds bounded in several ways', async () => {
    const contact = await create('contact', { first_name: 'Mia' });
    const path = `/v1/entity/contact/${String(contact['_id'])}/activity`;
    const since = String(contact['_created_at']);
    expect((await call('GET', `${path}?after=${since}&preset_range=today`)).status).toBe(400);
    expect((await call('GET', `${path}?start_date=${since}`)).status).toBe(400);
  });

  it('saves schemas in versions and refuses broken ones', async () => {
    expect((await call('GET', '/v1/entity/schemas')).status).toBe(200);
    const listed = await call('GET', '/v1/entity/schemas?include=contact,tax');
    expect(listed.body).toMatchObject({ results: [{ slug: 'contact' }, { slug: 'tax' }] });
    const schema = {
      slug: 'heat_pump',
      name: 'Heat pump',
      plural: 'Heat pumps',
      capabilities: [],
      title_template: '{{model}}',
      attributes: [
        { name: 'model', label: 'Model', type: 'string', default_value: 'unknown' },
        { name: 'serial', label: 'Serial', type: 'sequence', prefix: 'HP-', start_number: 5 },
      ],
    };
    const first = await call('PUT', '/v1/entity/schemas/heat_pump', schema);
    expect(first.body).toMatchObject({ slug: 'heat_pump', version: 1 });
    expect(await create('heat_pump', {})).toMatchObject({
      _title: 'unknown',
      model: 'unknown',
      serial: 'HP-5',
    });
    const second = await call('PUT', '/v1/entity/schemas/heat_pump', {
      ...schema,
      title_template: '{{serial}} {{model}}',
    });
    expect(second.body['version']).toBe(2);
    expect(await create('heat_pump', { model: 'X' })).toMatchObject({ _title: 'HP-6 X' });
    const old = await call('GET', `/v1/entity/schemas/heat_pump?id=${String(first.body['id'])}`);
    expect(old.body).toMatchObject({ version: 1, title_template: '{{model}}' });

    for (const broken of [
      { title_template: '{{#each' },
      { slug: 'other' },
      { attributes: [schema.attributes[0], schema.attributes[0]] },
    ]) {
      expect((await call('PUT', '/v1/entity/schemas/heat_pump', { ...schema, ...broken })).status).toBe(400);
    }
    expect((await call('GET', '/v1/entity/schemas/nothing')).status).toBe(404);
  });
});
