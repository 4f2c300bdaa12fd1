import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { openServerLog } from './server-log.ts';

const REQUEST = { method: 'GET', route: '/v2/portal/contract', status: 200, ms: 1.5, caller: 'portal_user' };

async function written(settings: Parameters<typeof openServerLog>[0], isTTY: boolean): Promise<string> {
  const output = Object.assign(new PassThrough(), { isTTY });
  const log = await openServerLog(settings, output);
  log.info(REQUEST, 'request');
  log.info({ account: { password: 'hush' } }, 'signed in');
  log.debug('not written');
  await new Promise(setImmediate);
  output.end();
  return text(output);
}

describe('the log of a server', () => {
  it('is JSON for machines and in production', async () => {
    for (const [logFormat, mode, isTTY] of [
      ['auto', 'development', false],
      ['auto', 'production', true],
      ['json', 'development', true],
    ] as const) {
      const lines = (await written({ logLevel: 'info', logFormat, mode }, isTTY)).trim().split('\n');
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { ...REQUEST, msg: 'request' },
        { account: { password: '[redacted]' } },
      ]);
    }
  });

  it('is a short line each for people at a terminal', async () => {
    const lines = await written({ logLevel: 'info', logFormat: 'auto', mode: 'development' }, true);
    expect(lines).toContain('200 GET /v2/portal/contract portal_user 1.5 ms');
    expect(lines).not.toContain('hush');
    expect(lines.trim().split('\n')).toHaveLength(2);
  });

  it('can be made readable anywhere', async () => {
    const lines = await written({ logLevel: 'info', logFormat: 'text', mode: 'production' }, false);
    expect(lines).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: 200 GET /);
  });
});
