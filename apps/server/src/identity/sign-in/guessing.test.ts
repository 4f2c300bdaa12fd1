import { describe, expect, it } from 'vitest';
import { addPortal, addPortalUser, testIdentity } from '../../testing/test-identity.ts';
import { newestMail, passwordGrant, postSignIn } from '../../testing/test-sign-in.ts';
import { beginSignInAttempt } from '../rate-limits/sign-in-attempt.ts';

const HOME = '198.51.100.20';
const ELSEWHERE = '198.51.100.99';
const STRANGER = '203.0.113.66';

async function customer() {
  const setup = await testIdentity();
  const { portalId } = await addPortal(setup);
  const user = await addPortalUser(setup, portalId);
  const signIn = async (ip: string, password = user.password) =>
    (await passwordGrant(setup, portalId, user.email, password, ip)).status;
  return { setup, portalId, user, signIn };
}

/** A hundred others have guessed just now, each at another address. */
async function attackFromEverywhere({ setup, portalId, user }: Awaited<ReturnType<typeof customer>>) {
  const tenant = setup.database.tenant(setup.org);
  const guesses = Array.from({ length: 100 }, (_, address) =>
    beginSignInAttempt(
      tenant,
      { portalId, email: user.email, client: `192.0.2.${address}` },
      setup.clock.now(),
    ),
  );
  await Promise.all(guesses);
}

describe('a stranger who knows an address', () => {
  it('cannot lock its owner out: they sign in from elsewhere while the stranger goes on', async () => {
    const { setup, signIn } = await customer();
    for (let round = 0; round < 6; round += 1) {
      for (let guess = 0; guess < 8; guess += 1) expect(await signIn(STRANGER, `guess ${guess}`)).toBe(400);
      expect(await signIn(ELSEWHERE)).toBe(200);
      setup.clock.advance(16 * 60_000);
    }
  });

  it('is locked out alone, whatever they show', async () => {
    const { signIn } = await customer();
    for (let guess = 0; guess < 5; guess += 1) await signIn(STRANGER, 'guess');
    expect(await signIn(STRANGER)).toBe(400);
    expect(await signIn(HOME)).toBe(200);
  });

  it('is slowed down at every address together; where the owner has signed in before, they still do', async () => {
    const attacked = await customer();
    const { setup, signIn, portalId, user } = attacked;
    expect(await signIn(HOME)).toBe(200);
    await attackFromEverywhere(attacked);
    expect(await signIn('192.0.2.199', 'guess')).toBe(400);
    // The right password too has to wait its turn where nobody knows the caller: that is what bounds the guesses.
    expect(await signIn('192.0.2.200')).toBe(400);
    expect(await signIn(HOME)).toBe(200);
    // And whoever is on a journey shows a code from the mailbox instead.
    const forgot = await postSignIn(
      setup,
      portalId,
      '/password/forgot',
      { email: user.email },
      undefined,
      ELSEWHERE,
    );
    const { code } = await newestMail(setup);
    const proof = { challenge_id: forgot.body['challenge_id'] ?? '', code, password: 'N3w-password' };
    expect((await postSignIn(setup, portalId, '/password/reset', proof, undefined, ELSEWHERE)).status).toBe(
      200,
    );
    expect(await signIn(ELSEWHERE, 'N3w-password')).toBe(200);
  });

  it('cannot use up the tries of somebody who is signed in', async () => {
    const { setup, portalId, user, signIn } = await customer();
    const { body } = await passwordGrant(setup, portalId, user.email, user.password, HOME);
    for (let guess = 0; guess < 6; guess += 1) await signIn(STRANGER, 'guess');
    const change = { old_password: user.password, new_password: 'N3w-password' };
    const changed = await postSignIn(setup, portalId, '/password/change', change, body['id_token'], STRANGER);
    expect(changed.status).toBe(200);
  });

  it('cannot keep mails from its owner by asking for too many', async () => {
    const { setup, portalId, user, signIn } = await customer();
    expect(await signIn(HOME)).toBe(200);
    const forgot = (ip: string) =>
      postSignIn(setup, portalId, '/password/forgot', { email: user.email }, undefined, ip);
    const statuses = [];
    for (let address = 0; address < 20; address += 1)
      statuses.push((await forgot(`192.0.2.${address}`)).status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(15);
    expect((await forgot('192.0.2.77')).status).toBe(429);
    expect((await forgot(HOME)).status).toBe(202);
  });
});
