import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setEventEnabled } from '../../events/index.ts';
import type { TestJson } from '../../testing/test-server.ts';
import {
  listOf,
  type OutboundFixture,
  outboundFixture,
  outboundUseCase,
} from '../testing/outbound-fixture.ts';

let fixture: OutboundFixture;
beforeAll(async () => {
  fixture = await outboundFixture();
});
afterAll(() => fixture.receiver.close());

const EXPRESSION = '{ "a": 1 }';

async function status(useCases: readonly object[]): Promise<TestJson[]> {
  const { id } = await fixture.integration(useCases);
  const answer = await fixture.request('GET', `/v1/integrations/${id}/outbound-status`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  await fixture.request('DELETE', `/v1/integrations/${id}`);
  return listOf(answer.body['useCases']);
}

const setEvent = (name: string, enabled: boolean) =>
  setEventEnabled(
    fixture.server.busbar.storage.database.tenant(fixture.org),
    name,
    enabled,
    fixture.server.clock.now(),
  );

describe('the outbound status', () => {
  it('is ok while event and webhook are there and enabled', async () => {
    const webhook = await fixture.webhook('/ok');
    expect(
      await status([outboundUseCase('a', 'OrderSubmission', { webhook, expression: EXPRESSION })]),
    ).toEqual([
      {
        useCaseId: expect.any(String),
        name: 'a',
        useCaseEnabled: true,
        eventCatalogEvent: 'OrderSubmission',
        eventEnabled: true,
        webhooks: [{ webhookId: webhook, webhookName: '/ok', enabled: true }],
        status: 'ok',
        conflicts: [],
      },
    ]);
  });

  it('tells of a disabled event and of webhooks that are all disabled or missing', async () => {
    await setEvent('TariffChange', false);
    const off = await fixture.webhook('/off', { enabled: false });
    expect(
      await status([
        outboundUseCase('off', 'TariffChange', { webhook: off, expression: EXPRESSION }),
        outboundUseCase('gone', 'NoSuchEvent', { webhook: 'gone', expression: EXPRESSION }),
      ]),
    ).toMatchObject([
      {
        eventEnabled: false,
        status: 'conflict',
        conflicts: [{ type: 'event_disabled' }, { type: 'all_webhooks_disabled' }],
      },
      {
        eventEnabled: null,
        webhooks: [{ webhookId: 'gone', enabled: null }],
        status: 'conflict',
        conflicts: [{ type: 'all_webhooks_disabled' }],
      },
    ]);
  });

  it('tells what a disabled use case leaves on, unless another one needs it', async () => {
    const alone = await fixture.webhook('/alone');
    const shared = await fixture.webhook('/shared');
    const off = { enabled: false };
    expect(
      await status([
        outboundUseCase('alone', 'GeneralRequestCreated', { webhook: alone, expression: EXPRESSION }, off),
        outboundUseCase('shared', 'OrderSubmission', { webhook: shared, expression: EXPRESSION }, off),
        outboundUseCase('user', 'OrderSubmission', { webhook: shared, expression: EXPRESSION }),
      ]),
    ).toMatchObject([
      {
        status: 'disabled',
        conflicts: [
          { type: 'event_enabled_while_disabled' },
          { type: 'webhook_enabled_while_disabled', webhookId: alone },
        ],
      },
      { status: 'disabled', conflicts: [] },
      { status: 'ok', conflicts: [] },
    ]);
  });

  it('is 404 for an unknown integration', async () => {
    const path = '/v1/integrations/5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c08/outbound-status';
    expect((await fixture.request('GET', path)).status).toBe(404);
  });
});
