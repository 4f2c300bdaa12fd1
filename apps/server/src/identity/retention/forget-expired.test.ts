import { describe, expect, it } from 'vitest';
import { raw, sql } from '../../storage/index.ts';
import { addPortal, addPortalUser, testIdentity } from '../../testing/test-identity.ts';
import { passwordGrant, postSignIn } from '../../testing/test-sign-in.ts';
import { forgetExpired } from './forget-expired.ts';

const TABLES = [
  'portal_session',
  'portal_refresh_token',
  'portal_challenge',
  'rate_window',
  'sign_in_lock',
  'sign_in_pace',
  'known_client',
] as const;

describe('forgetting', () => {
  it('removes what nobody can use any more, and nothing before', async () => {
    const setup = await testIdentity();
    // Long before every other test, because it forgets for all organisations.
    setup.clock.set(new Date('1990-01-01T00:00:00.000Z'));
    const timeouts = { cognito_details: { timeouts: { refresh_token: 60 } } };
    const { portalId } = await addPortal(setup, { config: timeouts });
    const user = await addPortalUser(setup, portalId);
    await passwordGrant(setup, portalId, user.email, user.password);
    await passwordGrant(setup, portalId, 'nobody@example.org', 'x');
    await postSignIn(setup, portalId, '/password/forgot', { email: user.email });
    const left = async () => {
      await forgetExpired(setup.database, setup.clock).run(new AbortController().signal);
      const counts: Record<string, number> = {};
      for (const table of TABLES) {
        const row = await setup.database
          .tenant(setup.org)
          .first<{ count: number }>(
            sql`select count(*) as count from ${raw(table)} where org_id = ${setup.org}`,
          );
        counts[table] = row?.count ?? -1;
      }
      return counts;
    };
    const before = await left();
    for (const table of TABLES) expect(before[table], table).toBeGreaterThan(0);
    setup.clock.advance(91 * 24 * 3_600_000);
    expect(await left()).toEqual(Object.fromEntries(TABLES.map((table) => [table, 0])));
  });
});
