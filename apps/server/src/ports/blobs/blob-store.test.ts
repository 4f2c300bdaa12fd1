import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSettableClock } from '../clock.ts';
import type { BlobContent, BlobKey, BlobStore } from './blob-store.ts';
import { createDiskBlobStore } from './disk/disk-blob-store.ts';
import { createMemoryBlobStore } from './memory-blob-store.ts';
import { createS3BlobStore } from './s3/s3-blob-store.ts';
import { startS3StandIn } from './s3/s3-stand-in.ts';

interface Subject {
  readonly store: BlobStore;
  close(): Promise<void>;
}

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret/key+example' };

const SUBJECTS: Record<string, () => Promise<Subject>> = {
  memory: async () => ({ store: createMemoryBlobStore(), close: async () => {} }),
  disk: async () => {
    const root = await mkdtemp(join(tmpdir(), 'busbar-blobs-'));
    return { store: createDiskBlobStore({ root }), close: () => rm(root, { recursive: true }) };
  },
  s3: async () => {
    const standIn = await startS3StandIn({ bucket: 'files', ...CREDENTIALS, pageSize: 2 });
    const options = { endpoint: standIn.endpoint, region: 'eu-central-1', bucket: 'files', pathStyle: true };
    const store = createS3BlobStore({
      ...options,
      credentials: { ...CREDENTIALS, sessionToken: 'temporary' },
    });
    return {
      store,
      close: async () => {
        await store.close();
        await standIn.close();
      },
    };
  },
};

const PDF = { contentType: 'application/pdf', maxBytes: 10_000_000 };
const code = (expected: string) => expect.objectContaining({ name: 'BlobError', code: expected });
const bytes = (text: string) => new TextEncoder().encode(text);

async function read(content: BlobContent | undefined): Promise<string> {
  if (!content) throw new Error('nothing there');
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function isPlain(path: string): boolean {
  const segments = path.split('/');
  return (
    segments.every((segment) => !['', '.', '..'].includes(segment)) &&
    ![...path].some((c) => c < ' ' || c === '\u007f')
  );
}

async function paths(store: BlobStore, org: string, prefix?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of store.list(org, prefix)) found.push(path);
  return found.sort();
}

describe.each(Object.keys(SUBJECTS))('the %s blob store', (name) => {
  let subject: Subject;
  let store: BlobStore;
  beforeAll(async () => {
    const make = SUBJECTS[name];
    if (!make) throw new Error(name);
    subject = await make();
    store = subject.store;
  });
  afterAll(() => subject.close());

  it('gives back what it was given, with its description', async () => {
    const key = { org: '739224', path: 'files/Übersicht 2026 (1).pdf' };
    const before = Date.now();
    const stored = await store.put(key, bytes('Rechnung'), PDF);
    const content = await store.get(key);
    expect(stored).toEqual({ size: 8, etag: expect.any(String) });
    expect(content).toMatchObject({ ...stored, contentType: 'application/pdf', range: { start: 0, end: 7 } });
    expect(await store.head(key)).toMatchObject({ ...stored, contentType: 'application/pdf' });
    expect(Math.abs((content?.storedAt.getTime() ?? 0) - before)).toBeLessThan(60_000);
    expect(await read(content)).toBe('Rechnung');
  });

  it('knows nothing about keys never written or deleted', async () => {
    const key = { org: '1', path: 'gone' };
    expect(await store.get(key)).toBeUndefined();
    expect(await store.head(key)).toBeUndefined();
    await store.put(key, bytes('x'), PDF);
    await store.delete(key);
    await store.delete(key);
    expect(await store.get(key)).toBeUndefined();
    expect(await store.head(key)).toBeUndefined();
  });

  it('takes streams and gives them back byte by byte', async () => {
    const key = { org: '1', path: 'large' };
    const chunk = Buffer.alloc(100_000, 'abcdefghij');
    const stored = await store.put(key, Readable.from(Array.from({ length: 30 }, () => chunk)), PDF);
    expect(stored.size).toBe(3_000_000);
    expect((await read(await store.get(key))) === chunk.toString().repeat(30)).toBe(true);
    const same = await store.put(
      { org: '1', path: 'same' },
      Buffer.concat(Array.from({ length: 30 }, () => chunk)),
      PDF,
    );
    expect(same.etag).toBe(stored.etag);
  });

  it('replaces a blob as a whole, and readers of the old one finish undisturbed', async () => {
    const key = { org: '1', path: 'replaced' };
    await store.put(key, bytes('the old one'), PDF);
    const old = await store.get(key);
    await store.put(key, bytes('new'), { contentType: 'text/plain', maxBytes: 3 });
    expect(await read(old)).toBe('the old one');
    const now = await store.get(key);
    expect(now).toMatchObject({ size: 3, contentType: 'text/plain' });
    expect(await read(now)).toBe('new');
  });

  it('gives one of the blobs written at the same time, never a mixture', async () => {
    const key = { org: '1', path: 'contested' };
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(50_000));
    await Promise.all(
      texts.map((text) =>
        store.put(key, Readable.from([bytes(text.slice(0, 20_000)), bytes(text.slice(20_000))]), PDF),
      ),
    );
    expect(texts).toContain(await read(await store.get(key)));
  });

  it('stores nothing that is too large or breaks off, and keeps what was there', async () => {
    const key = { org: '1', path: 'kept' };
    await store.put(key, bytes('kept'), PDF);
    const limited = { contentType: 'text/plain', maxBytes: 4 };
    await expect(store.put(key, bytes('12345'), limited)).rejects.toThrow(code('TOO_LARGE'));
    await expect(store.put(key, Readable.from([bytes('123'), bytes('45')]), limited)).rejects.toThrow(
      code('TOO_LARGE'),
    );
    const breaking = async function* () {
      yield bytes('ha');
      throw new Error('the upload broke off');
    };
    await expect(store.put(key, breaking(), PDF)).rejects.toThrow('the upload broke off');
    expect(await read(await store.get(key))).toBe('kept');
    expect((await store.put(key, bytes('1234'), limited)).size).toBe(4);
  });

  it('keeps empty blobs', async () => {
    const key = { org: '1', path: 'empty' };
    await store.put(key, new Uint8Array(), PDF);
    const content = await store.get(key);
    expect(content).toMatchObject({ size: 0, range: { start: 0, end: -1 } });
    expect(await read(content)).toBe('');
  });

  it.each([
    [{ start: 2, end: 4 }, 'cde', { start: 2, end: 4 }],
    [{ start: 0, end: 0 }, 'a', { start: 0, end: 0 }],
    [{ start: 7 }, 'hij', { start: 7, end: 9 }],
    [{ start: 8, end: 100 }, 'ij', { start: 8, end: 9 }],
  ])('reads the range %j', async (range, text, actual) => {
    const key = { org: '1', path: 'ranged' };
    await store.put(key, bytes('abcdefghij'), PDF);
    const content = await store.get(key, { range });
    expect(content).toMatchObject({ size: 10, range: actual });
    expect(await read(content)).toBe(text);
  });

  it.each([{ start: 10 }, { start: -1 }, { start: 5, end: 4 }, { start: 0.5 }])(
    'refuses the range %j',
    async (range) => {
      const key = { org: '1', path: 'ranged' };
      await store.put(key, bytes('abcdefghij'), PDF);
      await expect(store.get(key, { range })).rejects.toThrow(code('RANGE_NOT_SATISFIABLE'));
    },
  );

  it('lets a reader leave early or before the first byte', async () => {
    const key = { org: '1', path: 'left' };
    await store.put(key, Buffer.alloc(1_000_000), PDF);
    const untouched = await store.get(key);
    await untouched?.body[Symbol.asyncIterator]().return?.();
    for await (const _chunk of (await store.get(key))?.body ?? []) break;
    expect((await store.head(key))?.size).toBe(1_000_000);
  });

  it('lists one organisation, by prefix', async () => {
    const names = ['a/1', 'a/2', 'a/ü & <3> + "4"', 'ab', 'b/1'];
    for (const path of names) await store.put({ org: 'lister', path }, bytes(path), PDF);
    await store.put({ org: 'lister2', path: 'a/1' }, bytes('other'), PDF);
    expect(await paths(store, 'lister')).toEqual([...names].sort());
    expect(await paths(store, 'lister', 'a/')).toEqual(names.slice(0, 3).sort());
    expect(await paths(store, 'lister', 'c')).toEqual([]);
    expect(await paths(store, 'nobody')).toEqual([]);
    for await (const listing of store.list('lister', 'b/')) {
      expect(listing).toEqual({
        path: 'b/1',
        size: 3,
        etag: (await store.head({ org: 'lister', path: 'b/1' }))?.etag,
        storedAt: expect.any(Date),
      });
    }
  });

  it('keeps organisations apart', async () => {
    await store.put({ org: '11', path: '1/x' }, bytes('mine'), PDF);
    expect(await store.get({ org: '1', path: '11/x' })).toBeUndefined();
    expect(await store.get({ org: '111', path: 'x' })).toBeUndefined();
  });

  it.each([
    { org: '', path: 'x' },
    { org: '..', path: 'x' },
    { org: '1/2', path: 'x' },
    { org: '.drafts', path: 'x' },
    { org: '1\0', path: 'x' },
    { org: '1', path: '' },
    { org: '1', path: '../2/x' },
    { org: '1', path: 'a/../../2/x' },
    { org: '1', path: './x' },
    { org: '1', path: '/etc/passwd' },
    { org: '1', path: 'a//b' },
    { org: '1', path: 'a/' },
    { org: '1', path: 'a\0b' },
    { org: '1', path: 'a\nb' },
    { org: '1', path: '\ud800' },
    { org: '1', path: 'ü'.repeat(351) },
  ])('refuses the key %j', async (key: BlobKey) => {
    await expect(store.put(key, bytes('x'), PDF)).rejects.toThrow(code('INVALID_KEY'));
    await expect(store.get(key)).rejects.toThrow(code('INVALID_KEY'));
    await expect(store.head(key)).rejects.toThrow(code('INVALID_KEY'));
    await expect(store.delete(key)).rejects.toThrow(code('INVALID_KEY'));
  });

  it.each(['', 'text/plain\r\nx-amz-acl: public-read', 'text/pläin', 'a'.repeat(256)])(
    'refuses the content type %j',
    async (contentType) => {
      const key = { org: '1', path: 'typed' };
      await expect(store.put(key, bytes('x'), { contentType, maxBytes: 1 })).rejects.toThrow(
        code('INVALID_CONTENT_TYPE'),
      );
      expect(await store.head(key)).toBeUndefined();
    },
  );

  it('keeps any path that is accepted apart from any other', async () => {
    const segment = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
    await fc.assert(
      fc.asyncProperty(path, path, async (a, b) => {
        fc.pre(a !== b && [a, b].every(isPlain));
        await store.put({ org: 'any', path: a }, bytes(`a${a}`), PDF);
        await store.put({ org: 'any', path: b }, bytes(`b${b}`), PDF);
        expect(await read(await store.get({ org: 'any', path: a }))).toBe(`a${a}`);
        await store.delete({ org: 'any', path: a });
        expect(await read(await store.get({ org: 'any', path: b }))).toBe(`b${b}`);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the disk blob store', () => {
  it('leaves no drafts behind, keeps everything under its folder, and notices damaged files', async () => {
    const root = await mkdtemp(join(tmpdir(), 'busbar-blobs-'));
    const store = createDiskBlobStore({ root, clock: createSettableClock(new Date('2026-01-02T03:04:05Z')) });
    const key = { org: '1', path: 'a' };
    await store.put(key, bytes('content'), PDF);
    await expect(store.put(key, bytes('too long'), { ...PDF, maxBytes: 1 })).rejects.toThrow(
      code('TOO_LARGE'),
    );
    expect(await readdir(join(root, '.drafts'))).toEqual([]);
    expect((await store.head(key))?.storedAt).toEqual(new Date('2026-01-02T03:04:05Z'));
    const [file] = (await readdir(join(root, '1'), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    );
    const path = join(file?.parentPath ?? '', file?.name ?? '');
    const whole = await readFile(path);
    expect(whole.subarray(0, 7).toString()).toBe('content');
    for (const damage of [
      whole.subarray(1),
      whole.subarray(0, -1),
      Buffer.from('BUSBLOB1'),
      Buffer.alloc(0),
      Buffer.concat([whole, whole.subarray(-12)]),
    ]) {
      await writeFile(path, damage);
      await expect(store.get(key)).rejects.toThrow(code('CORRUPT'));
    }
    await truncate(path);
    await store.put(key, bytes('repaired'), PDF);
    expect(await read(await store.get(key))).toBe('repaired');
    await rm(root, { recursive: true });
  });
});

describe('the S3 blob store', () => {
  it('gives links that work without credentials, for the stated method only', async () => {
    const standIn = await startS3StandIn({ bucket: 'files', ...CREDENTIALS, pageSize: 2 });
    const store = createS3BlobStore({
      endpoint: standIn.endpoint,
      region: 'x',
      bucket: 'files',
      pathStyle: true,
      credentials: CREDENTIALS,
    });
    const key = { org: '1', path: "it's (a) ü*/+&=.pdf" };
    const upload = store.presign(key, { method: 'PUT', expiresInSeconds: 60 }) ?? '';
    expect((await fetch(upload, { method: 'PUT', body: 'uploaded' })).status).toBe(200);
    expect(standIn.keys()).toEqual([`1/${key.path}`]);
    const download = store.presign(key, { method: 'GET', expiresInSeconds: 60 }) ?? '';
    expect(await (await fetch(download)).text()).toBe('uploaded');
    expect((await fetch(upload)).status).toBe(403);
    expect((await fetch(download.replace('Expires=60', 'Expires=600'))).status).toBe(403);
    await store.close();
    await standIn.close();
  });

  it('puts the bucket into the host name when asked to', () => {
    const bucket = {
      endpoint: 'https://s3.example',
      region: 'x',
      bucket: 'files',
      pathStyle: false,
      credentials: CREDENTIALS,
    };
    const link = createS3BlobStore(bucket).presign(
      { org: '1', path: 'a b' },
      { method: 'GET', expiresInSeconds: 1 },
    );
    expect(link).toMatch(/^https:\/\/files\.s3\.example\/1\/a%20b\?/);
  });

  it('tells a refused signature, a missing bucket and a silent store from a missing blob', async () => {
    const standIn = await startS3StandIn({ bucket: 'files', ...CREDENTIALS, pageSize: 2 });
    const options = {
      endpoint: standIn.endpoint,
      region: 'x',
      bucket: 'files',
      pathStyle: true,
      credentials: CREDENTIALS,
    };
    const wrongKey = createS3BlobStore({
      ...options,
      credentials: { ...CREDENTIALS, secretAccessKey: 'other' },
    });
    const wrongBucket = createS3BlobStore({ ...options, bucket: 'elsewhere' });
    const key = { org: '1', path: 'x' };
    for (const store of [wrongKey, wrongBucket]) {
      await expect(store.get(key)).rejects.toThrow(code('UNAVAILABLE'));
      await expect(store.put(key, bytes('x'), PDF)).rejects.toThrow(code('UNAVAILABLE'));
      await expect(store.delete(key)).rejects.toThrow(code('UNAVAILABLE'));
      await expect(paths(store, '1')).rejects.toThrow(code('UNAVAILABLE'));
      await store.close();
    }
    await standIn.close();
    const alone = createS3BlobStore(options);
    await expect(alone.head(key)).rejects.toThrow(code('UNAVAILABLE'));
    await alone.close();
  });
});
