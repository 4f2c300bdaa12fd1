import { describe, expect, it } from 'vitest';
import { signedBy, testCallers } from '../../testing/test-callers.ts';
import { addPortal, addPortalUser, patchStoredEntity, TEST_BASE_URL } from '../../testing/test-identity.ts';
import type { KeySet } from '../keys/key-set.ts';

const INTEGRATIONS = '/v1/integrations';
const CONTACT = '/v2/portal/contact';

describe('portal users', () => {
  it('are known by either token, and only where portal users are', async () => {
    const { setup, call } = await testCallers();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const tokens = await setup.identity.issuePortalToken(portalId, user.portalUserId);
    for (const token of [tokens.id_token, tokens.access_token]) {
      expect(await call('GET', CONTACT, token)).toMatchObject({
        status: 200,
        body: {
          kind: 'portal_user',
          org: setup.org,
          portalId,
          portalUserId: user.portalUserId,
          contactId: user.contactId,
          contactIds: [user.contactId],
          readOnly: false,
        },
      });
    }
    expect((await call('GET', INTEGRATIONS, tokens.id_token)).status).toBe(401);
    expect((await call('GET', CONTACT, tokens.id_token, { 'x-ivy-org-id': '1' })).status).toBe(403);
  });

  it('are held to their portal by every parameter that names one', async () => {
    const { setup, call } = await testCallers();
    const [own, other] = [await addPortal(setup), await addPortal(setup)];
    const user = await addPortalUser(setup, own.portalId);
    const { id_token: token } = await setup.identity.issuePortalToken(own.portalId, user.portalUserId);
    const status = async (query: string) => (await call('GET', `${CONTACT}?${query}`, token)).status;
    expect(await status(`portal_id=${own.portalId}&org_id=${setup.org}&origin=END_CUSTOMER_PORTAL`)).toBe(
      200,
    );
    expect(await status(`domain=${own.domain}`)).toBe(200);
    expect(await status(`domain=${other.domain}`)).toBe(403);
    expect(await status(`portal_id=${other.portalId}`)).toBe(403);
    expect(await status('origin=INSTALLER_PORTAL')).toBe(403);
    expect(await status('org_id=1')).toBe(403);
    expect(await status(`portal_id=${own.portalId}&portal_id=${other.portalId}`)).toBe(403);
  });

  it('lose access at once, with the reason clients know', async () => {
    const { setup, call } = await testCallers();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const { id_token: token } = await setup.identity.issuePortalToken(portalId, user.portalUserId);
    const ask = async (url: string) => {
      const { status, body } = await call('GET', url, token);
      return [status, body['reason']];
    };
    expect(await ask(CONTACT)).toEqual([200, undefined]);
    await patchStoredEntity(setup, user.portalUserId, { mapping_status: 'Pending' });
    expect(await ask(CONTACT)).toEqual([401, 'PORTAL_USER_PENDING_ACTIVATION']);
    expect(await ask('/v2/portal/user')).toEqual([200, undefined]);
    await patchStoredEntity(setup, user.portalUserId, { access_status: false });
    expect(await ask('/v2/portal/user')).toEqual([401, 'PORTAL_USER_DISABLED']);
    await patchStoredEntity(setup, user.portalUserId, { access_status: true, mapping_status: 'Mapped' });
    expect(await ask(CONTACT)).toEqual([200, undefined]);
    await setup.identity.accounts.endSessions(setup.database.tenant(setup.org), user.portalUserId, 'test');
    expect(await ask(CONTACT)).toEqual([401, undefined]);
  });

  it('are refused with tokens of the wrong issuer, use, session or person', async () => {
    const { setup, call } = await testCallers();
    const [own, other] = [await addPortal(setup), await addPortal(setup)];
    const [user, second] = [
      await addPortalUser(setup, own.portalId),
      await addPortalUser(setup, own.portalId),
    ];
    const { id_token: token } = await setup.identity.issuePortalToken(own.portalId, user.portalUserId);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    const issuer = `${TEST_BASE_URL}/idp/portals/${own.portalId}`;
    const forged = (changes: Record<string, unknown>, by: KeySet = 'portal', iss = issuer) =>
      signedBy(setup, by, { ...claims, ...changes }, iss);
    const forgeries: Record<string, string> = {
      'the access key set': await forged({}, 'access'),
      'the issuer of another portal': await forged(
        {},
        'portal',
        `${TEST_BASE_URL}/idp/portals/${other.portalId}`,
      ),
      'no audience of ours': await forged({ aud: 'somebody' }),
      'another use': await forged({ token_use: 'refresh' }),
      'another person': await forged({ 'custom:portal_user_id': second.portalUserId }),
      'another session': await forged({ sid: '00000000-0000-4000-8000-000000000000' }),
      'no session': await forged({ sid: 'x' }),
      'another organisation': await forged({ 'custom:org_id': '1' }),
      'no expiry': await forged({ exp: undefined }),
      'an expiry long ago': await forged({ exp: 1 }),
    };
    const verdicts: Record<string, number> = {};
    for (const [name, forgery] of Object.entries(forgeries)) {
      verdicts[name] = (await call('GET', CONTACT, forgery)).status;
    }
    expect(verdicts).toEqual(Object.fromEntries(Object.keys(forgeries).map((name) => [name, 401])));
    expect((await call('GET', CONTACT, await forged({}))).status).toBe(200);
  });

  it('can be previewed by admins, reading only', async () => {
    const { setup, call } = await testCallers();
    const { portalId } = await addPortal(setup);
    const user = await addPortalUser(setup, portalId);
    const token = await setup.identity.issuePreviewToken(setup.org, portalId, user.portalUserId);
    expect((await call('GET', CONTACT, token)).body).toMatchObject({ kind: 'portal_user', readOnly: true });
    const search = await call('POST', '/v2/portal/entity:search', token, {}, { slug: 'contract' });
    expect(search.status).toBe(200);
    expect((await call('PATCH', CONTACT, token, {}, { first_name: 'x' })).status).toBe(403);
    expect((await call('GET', INTEGRATIONS, token)).status).toBe(401);
    setup.clock.advance(62 * 60_000);
    expect((await call('GET', CONTACT, token)).status).toBe(401);
  });

  it('and their portal must be open', async () => {
    const { setup, call } = await testCallers();
    const { portalId } = await addPortal(setup, { enabled: false });
    const user = await addPortalUser(setup, portalId);
    const { id_token: token } = await setup.identity.issuePortalToken(portalId, user.portalUserId);
    expect((await call('GET', CONTACT, token)).body).toMatchObject({ reason: 'PORTAL_DISABLED' });
  });
});
