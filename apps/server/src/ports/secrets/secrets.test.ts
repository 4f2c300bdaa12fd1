import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretBox } from './envelope-secret-box.ts';
import { loadMasterKeys } from './load-master-keys.ts';
import { createMasterKey } from './master-key.ts';
import { SecretError } from './secret-error.ts';

const CONTEXT = { org: '739224', purpose: 'environment.erp_password' };
const code = (expected: string) => expect.objectContaining({ name: 'SecretError', code: expected });

describe('a secret box', () => {
  const key = createMasterKey(randomBytes(32));
  const box = createSecretBox([key]);

  it('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (text, org, purpose) => {
        expect(box.open(box.seal(text, { org, purpose }), { org, purpose })).toBe(text);
      }),
    );
  });

  it('names its key, hides its text, and never seals the same twice', () => {
    const sealed = [box.seal('geheim', CONTEXT), box.seal('geheim', CONTEXT)];
    expect(new Set(sealed).size).toBe(2);
    expect(sealed[0]).toMatch(new RegExp(`^bsb1\\.${key.id}\\.`));
    expect(sealed.join()).not.toContain('geheim');
  });

  it('does not open for another organisation or purpose, nor when the two are shifted against each other', () => {
    const sealed = box.seal('geheim', { org: '12', purpose: '3.x' });
    for (const other of [
      { org: '13', purpose: '3.x' },
      { org: '12', purpose: '3.y' },
      { org: '123', purpose: '.x' },
      { org: '1', purpose: '23.x' },
    ]) {
      expect(() => box.open(sealed, other)).toThrow(code('TAMPERED'));
    }
  });

  it('derives signing keys per context and master key, the same ones every time, newest first', () => {
    const older = createMasterKey(randomBytes(32));
    const rotated = createSecretBox([key, older]);
    const [newest, former] = rotated.signingKeys(CONTEXT);
    expect(newest).toEqual(box.signingKeys(CONTEXT)[0]);
    expect(former).toEqual(createSecretBox([older]).signingKeys(CONTEXT)[0]);
    expect(newest).toHaveLength(32);
    expect(newest).not.toEqual(former);
    expect(newest).not.toEqual(rotated.signingKeys({ ...CONTEXT, org: '739225' })[0]);
    expect(newest).not.toEqual(rotated.signingKeys({ ...CONTEXT, purpose: 'another' })[0]);
  });

  it('notices every changed, missing or swapped part', () => {
    const sealed = box.seal('geheim', CONTEXT);
    const [, , , text] = sealed.split('.');
    const [head, id, wrapped] = box.seal('anders', CONTEXT).split('.');
    expect(() => box.open([head, id, wrapped, text].join('.'), CONTEXT)).toThrow(code('TAMPERED'));
    fc.assert(
      fc.property(
        fc.nat(sealed.length - 1),
        fc.constantFrom('A', 'z', '0', '_', '.', ''),
        (position, character) => {
          const altered = sealed.slice(0, position) + character + sealed.slice(position + 1);
          const sameBytes = Buffer.from(altered.split('.').join(''), 'base64url').equals(
            Buffer.from(sealed.split('.').join(''), 'base64url'),
          );
          fc.pre(altered !== sealed && !sameBytes);
          expect(outcome(() => box.open(altered, CONTEXT))).not.toBe('geheim');
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    '',
    'geheim',
    'bsb1',
    'bsb2.0000000000000000.AA.AA',
    `bsb1.${'0'.repeat(15)}.AA.AA`,
    'bsb1.0000000000000000..',
  ])('does not take %j for a sealed text', (text) => {
    expect(() => box.open(text, CONTEXT)).toThrow(code('MALFORMED'));
  });

  it('opens under older keys, seals under the newest, and says what should be sealed again', () => {
    const newKey = createMasterKey(randomBytes(32));
    const rotated = createSecretBox([newKey, key]);
    const old = box.seal('geheim', CONTEXT);
    const renewed = rotated.seal('geheim', CONTEXT);
    expect(rotated.open(old, CONTEXT)).toBe('geheim');
    expect([rotated.isStale(old), rotated.isStale(renewed)]).toEqual([true, false]);
    expect(createSecretBox([newKey]).open(renewed, CONTEXT)).toBe('geheim');
    expect(() => createSecretBox([newKey]).open(old, CONTEXT)).toThrow(code('UNKNOWN_KEY'));
  });

  it('cannot be made without a key or with a short one', () => {
    expect(() => createSecretBox([])).toThrow(code('INVALID_MASTER_KEY'));
    expect(() => createMasterKey(randomBytes(16))).toThrow(code('INVALID_MASTER_KEY'));
  });
});

function outcome(attempt: () => string): string {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof SecretError) return error.code;
    throw error;
  }
}

describe('loadMasterKeys', () => {
  let dataFolder = '';
  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'busbar-keys-'));
  });
  afterEach(() => rm(dataFolder, { recursive: true }));

  it('reads the same bytes from hex and base64, and stretches passphrases', async () => {
    const bytes = randomBytes(32);
    const spellings = [
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
      bytes.toString('base64'),
      bytes.toString('base64url'),
    ];
    for (const configured of spellings) {
      expect(await loadMasterKeys({ configured, dataFolder })).toEqual({
        keys: [createMasterKey(bytes)],
        generated: false,
      });
    }
    const once = await loadMasterKeys({ configured: 'correct horse battery staple', dataFolder });
    const again = await loadMasterKeys({ configured: ' correct horse battery staple ', dataFolder });
    expect(once).toEqual(again);
    expect(once.keys[0]?.bytes).toHaveLength(32);
    expect(await readdir(dataFolder)).toEqual([]);
  });

  it('reads several keys, newest first', async () => {
    const [a, b] = [randomBytes(32), randomBytes(32)];
    const { keys } = await loadMasterKeys({
      configured: `${a.toString('hex')}, ${b.toString('base64')}`,
      dataFolder,
    });
    expect(keys).toEqual([createMasterKey(a), createMasterKey(b)]);
  });

  it.each(['', 'short', 'a long enough passphrase,', 'deadbeef'])(
    'refuses %j without repeating it',
    async (configured) => {
      const attempt = loadMasterKeys({ configured, dataFolder });
      await expect(attempt).rejects.toThrow(code('INVALID_MASTER_KEY'));
      if (configured !== '') await expect(attempt).rejects.not.toThrow(configured);
    },
  );

  it('makes a key file that only its owner can read, once', async () => {
    const folder = join(dataFolder, 'new', 'data');
    const first = await loadMasterKeys({ dataFolder: folder });
    const second = await loadMasterKeys({ dataFolder: folder });
    expect([first.generated, second.generated]).toEqual([true, false]);
    expect(second.keys).toEqual(first.keys);
    expect(await readdir(folder)).toEqual(['secret.key']);
    expect((await stat(join(folder, 'secret.key'))).mode & 0o777).toBe(0o600);
  });

  it('gives all processes that start at once the same key', async () => {
    const loaded = await Promise.all(Array.from({ length: 20 }, () => loadMasterKeys({ dataFolder })));
    expect(new Set(loaded.map(({ keys }) => keys[0]?.id)).size).toBe(1);
    expect(loaded.filter(({ generated }) => generated)).toHaveLength(1);
    expect(await readdir(dataFolder)).toEqual(['secret.key']);
  });

  it('does not overwrite a damaged key file', async () => {
    const path = join(dataFolder, 'secret.key');
    await writeFile(path, 'half a key');
    await expect(loadMasterKeys({ dataFolder })).rejects.toThrow(code('INVALID_MASTER_KEY'));
    expect(await readFile(path, 'utf8')).toBe('half a key');
  });
});
