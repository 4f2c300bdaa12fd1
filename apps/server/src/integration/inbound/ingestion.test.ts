import { beforeAll, describe, expect, it } from 'vitest';
import { findByUniqueKeys } from '../../entities/index.ts';
import { type TestServer, testServer } from '../../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});

const CONTACT = {
  name: 'Kunde',
  type: 'inbound',
  slug: 'customer',
  enabled: true,
  configuration: {
    entities: [
      {
        entity_schema: 'contact',
        unique_ids: ['customer_number'],
        fields: [
          { attribute: 'customer_number', field: 'nr' },
          { attribute: 'last_name', jsonataExpression: '$uppercase(name)' },
        ],
      },
    ],
  },
};

describe('an inbound event', () => {
  it('is accepted, and its entity written when the job has run', async () => {
    const { org, token } = await server.organisation();
    const created = await server.request('POST', '/v2/integrations', { token, body: { name: 'ERP', use_cases: [CONTACT] } });
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    const accepted = await server.request('POST', '/v3/erp/updates/events', {
      token,
      body: {
        integration_id: created.body['id'],
        events: [{ use_case_slug: 'customer', timestamp: '2026-01-01T00:00:00Z', format: 'json', payload: { nr: '1', name: 'Wolf' } }],
      },
    });
    expect(accepted.status, JSON.stringify(accepted.body)).toBe(200);
    await server.work();
    const found = await findByUniqueKeys((server.busbar.storage.database).tenant(org), 'contact', [{ attribute: 'customer_number', value: '1' }]);
    expect(found.map(({ doc }) => doc['last_name'])).toEqual(['WOLF']);
    const rows = await server.busbar.storage.database.tenant(org).query((await import('../../storage/index.ts')).sql`select * from inbound_monitoring_event`);
    expect(rows).toMatchObject([{ status: 'success', sync_type: 'entity' }]);
  });
});
