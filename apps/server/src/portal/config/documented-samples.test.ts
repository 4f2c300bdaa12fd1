import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { asObject, type JsonObject } from '../../contract/json-object.ts';
import { type PortalFixture, portalFixture } from './testing/portal-fixture.ts';

interface Sample {
  readonly operationId: string;
  readonly body: unknown;
  readonly sampleResponse: unknown;
}

const samples: readonly Sample[] = JSON.parse(
  readFileSync(new URL('../../contract/samples/portal.json', import.meta.url), 'utf8'),
);

function sample(operationId: string): { body: JsonObject; members: string[] } {
  const found = samples.find((one) => one.operationId === operationId);
  return { body: asObject(found?.body), members: Object.keys(asObject(found?.sampleResponse)) };
}

/** The documented configuration at hosts of this test: `abc.com` may belong to another. */
function filledIn(operationId: string, domain: string): JsonObject {
  return { ...sample(operationId).body, domain, epilot_domain: `platform.${domain}` };
}

let fixture: PortalFixture;
beforeAll(async () => {
  fixture = await portalFixture();
});

/** Members that the samples show and nobody gets back without having set them (the token), or that are added by another part (pages). */
const NOT_COMPARED = new Set(['accessToken', 'certificate_details']);

function expectMembers(body: unknown, operationId: string): void {
  const missing = sample(operationId).members.filter(
    (member) => !NOT_COMPARED.has(member) && asObject(body)[member] === undefined,
  );
  expect([operationId, missing]).toEqual([operationId, []]);
}

describe('the documented calls', () => {
  it('create and change a portal by origin', async () => {
    const body = filledIn('upsertPortal', `upsert.${fixture.org}.example.org`);
    const created = await fixture.ask('POST', '/v2/portal/portal?origin=example', body);
    expect([created.status, created.body['errors']]).toEqual([201, undefined]);
    expectMembers(created.body, 'upsertPortal');
    const changed = await fixture.ask('POST', '/v2/portal/portal?origin=example', body);
    expect(changed.status).toBe(200);
    for (const [operationId, path] of [
      ['getPortalConfig', '/v2/portal/config?origin=example'],
      ['getOrgPortalConfig', '/v2/portal/org/portal/config?origin=example'],
      ['getOrgPortalConfigV3', `/v3/portal/org/portal/config?portal_id=${created.body['portal_id']}`],
    ] as const) {
      expectMembers((await fixture.ask('GET', path)).body, operationId);
    }
  });

  it('create and put a portal by id', async () => {
    const domain = `create.${fixture.org}.example.org`;
    const body = filledIn('createPortalConfig', domain);
    const created = await fixture.ask('POST', '/v3/portal/config', body);
    expect([created.status, created.body['errors']]).toEqual([201, undefined]);
    expectMembers(created.body, 'createPortalConfig');
    const id = created.body['portal_id'];
    const sent = filledIn('putPortalConfig', domain);
    const changed = await fixture.ask('PUT', `/v3/portal/config/${id}`, sent);
    expect([changed.status, changed.body['errors']]).toEqual([200, undefined]);
    expectMembers(changed.body, 'putPortalConfig');
    expectMembers((await fixture.ask('GET', `/v3/portal/config/${id}`)).body, 'getPortalConfigV3');
    const swapped = await fixture.ask('POST', '/v3/portal/config/swap', {
      ...sample('swapPortalConfig').body,
      source_portal_id: id,
      target_portal_id: (await fixture.portal())['portal_id'],
    });
    expect(swapped.body).toEqual({ message: 'Domain and users swapped successfully.' });
  });

  it('save templates and widgets', async () => {
    await fixture.portal({ origin: 'SAMPLE_PORTAL' });
    const templates = sample('upsertEmailTemplates').body;
    const saved = await fixture.ask('POST', '/v2/portal/email-templates?origin=SAMPLE_PORTAL', templates);
    expect(saved.body['emailTemplates']).toEqual(templates);
    const { widgets } = sample('upsertPortalWidget').body;
    const written = await fixture.ask('POST', '/v2/portal/widgets?origin=SAMPLE_PORTAL', { widgets });
    expect([written.status, written.body]).toEqual([201, { widgets }]);
  });

  it('answer unknown portals with a clean 4xx', async () => {
    const unknown = '453ad7bf-86d5-46c8-8252-bcc868df5e3c';
    const statuses = await Promise.all([
      fixture.askPublicly('/v2/portal/public/config?domain=example.com'),
      fixture.askPublicly('/v2/portal/public/portal/config?org_id=12324&origin=example'),
      fixture.askPublicly(`/v3/portal/public/portal/config?org_id=12324&portal_id=${unknown}`),
      fixture.askPublicly('/v2/portal/public/org/settings?domain=ecp.dev.epilot.io'),
      fixture.askPublicly('/v2/portal/public/schemas?domain=example.com'),
      fixture.ask('GET', `/v3/portal/config/${unknown}`),
      fixture.ask('PUT', `/v3/portal/config/${unknown}`, { name: 'x' }),
      fixture.ask('DELETE', `/v3/portal/config/${unknown}`),
      fixture.ask('POST', `/v3/portal/email-templates/${unknown}`, {}),
      fixture.ask('POST', `/v3/portal/validate/caa-records?portal_id=${unknown}`),
      fixture.ask('GET', `/v3/portal/configure-distribution?portal_id=${unknown}`),
      fixture.ask('POST', '/v2/portal/portal/files', {
        ...sample('savePortalFiles').body,
        files: [{ file_type: 'orderRightTeaser', s3ref: { bucket: 12345, key: 12345 } }],
      }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual(statuses.map(() => 404));
  });
});
