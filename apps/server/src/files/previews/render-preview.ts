import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What is drawn, and how large: it fits into a square of `box` pixels a side. */
export interface PreviewWish {
  readonly kind: 'image' | 'pdf';
  readonly box: number;
}

/** A JPEG; `nothing` when the file shows none, however often it is tried; `gaveUp` when it took too long or too much. */
export type Rendered = Buffer | 'nothing' | 'gaveUp';

const CHILD = fileURLToPath(new URL('./render-child.ts', import.meta.url));
const LONGEST_MS = 15_000;
const HEAP_MB = 256;
const MOST_OUTPUT_BYTES = 20 * 1024 * 1024;
const NOTHING_TO_SHOW = 3;

/**
 * Draws a file in a process of its own, which has no environment, cannot write files, start programs or outlive its time: decoders of images and
 * PDFs are where hostile files do harm, and native ones cannot be stopped within this process.
 */
export function renderPreview(bytes: Uint8Array, { kind, box }: PreviewWish): Promise<Rendered> {
  return new Promise((resolve, reject) => {
    const flags = [
      '--permission',
      '--allow-fs-read=*',
      '--allow-addons',
      '--disable-warning=SecurityWarning',
    ];
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${HEAP_MB}`, ...flags, CHILD, kind, String(box)],
      { env: {}, stdio: ['pipe', 'pipe', 'ignore'], timeout: LONGEST_MS, killSignal: 'SIGKILL' },
    );
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_OUTPUT_BYTES) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    // A child that dies while it is fed says so by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(bytes);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 && size > 0) resolve(Buffer.concat(chunks));
      else resolve(code === NOTHING_TO_SHOW ? 'nothing' : 'gaveUp');
    });
  });
}
