import { describe, expect, it } from 'vitest';
import { createSecretBox, createSettableClock } from '../../ports/index.ts';
import { testDatabase } from '../../testing/test-database.ts';
import { testSecrets } from '../../testing/test-identity.ts';
import { KeyRing } from './key-ring.ts';

const DAY_MS = 24 * 3_600_000;
/** Keys of the installation are shared by all tests, so these live in a far future of their own. */
const START = new Date('2190-01-01T00:00:00.000Z');

describe('signing keys', () => {
  it('are made once, however many processes start at the same time', async () => {
    const database = await testDatabase();
    const clock = createSettableClock(START);
    const rings = Array.from({ length: 3 }, () => new KeyRing(database, testSecrets, clock));
    const signers = await Promise.all(rings.map((ring) => ring.signer('portal-preview')));
    expect(new Set(signers.map(({ keyId }) => keyId)).size).toBe(1);
  });

  it('are published a day before they take over, and withdrawn when nothing they signed can be valid', async () => {
    const database = await testDatabase();
    const clock = createSettableClock(new Date(START.getTime() + 1_000 * DAY_MS));
    const ring = new KeyRing(database, testSecrets, clock);
    // Whatever key other runs left: its successor starts a day later.
    await ring.signer('portal-preview');
    clock.advance(2 * DAY_MS);
    const first = await ring.signer('portal-preview');
    clock.advance(90 * DAY_MS);
    expect((await ring.signer('portal-preview')).keyId).toBe(first.keyId);
    const published = (await ring.publicKeys('portal-preview')).map((key) => key.kid);
    expect(published).toContain(first.keyId);
    clock.advance(DAY_MS);
    const second = await ring.signer('portal-preview');
    expect(second.keyId).not.toBe(first.keyId);
    expect(published).toContain(second.keyId);
    clock.advance(2 * DAY_MS);
    expect((await ring.publicKeys('portal-preview')).map((key) => key.kid)).not.toContain(first.keyId);
  });

  it('that cannot be opened any more still verify; a new one signs', async () => {
    const database = await testDatabase();
    const clock = createSettableClock(new Date(START.getTime() + 2_000 * DAY_MS));
    const before = await new KeyRing(database, testSecrets, clock).signer('portal-preview');
    clock.advance(1);
    const otherSecrets = createSecretBox([{ id: 'ffeeddccbbaa0099', bytes: new Uint8Array(32).fill(9) }]);
    const ring = new KeyRing(database, otherSecrets, clock);
    const after = await ring.signer('portal-preview');
    expect(after.keyId).not.toBe(before.keyId);
    expect(await ring.verifier('portal-preview', before.keyId)).toBeDefined();
    expect(await ring.verifier('access', before.keyId)).toBeUndefined();
  });
});
