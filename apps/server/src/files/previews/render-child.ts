import { readFileSync, writeSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import sharp from 'sharp';

/**
 * The process that opens files of strangers: bytes come in on stdin, a picture of at most `box` pixels a side goes out on stdout. Arguments:
 * `image` or `pdf`, and the box. Exit code 3 says that there is nothing to show.
 */

const NOTHING_TO_SHOW = 3;
/** A picture beyond this is a bomb: it is read no further than its header. */
const MOST_PIXELS = 60_000_000;

const [kind, size] = process.argv.slice(2);
const box = Number(size);

sharp.cache(false);
sharp.concurrency(1);

try {
  const bytes = await buffer(process.stdin);
  const picture = kind === 'pdf' ? await firstPage(bytes) : await scaled(bytes);
  for (let sent = 0; sent < picture.length; ) sent += writeSync(1, picture, sent);
} catch {
  process.exitCode = NOTHING_TO_SHOW;
}

/** The first frame, upright, on white where it is transparent. */
function scaled(bytes: Buffer): Promise<Buffer> {
  return sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error', pages: 1 })
    .rotate()
    .resize(box, box, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: 'white' })
    .jpeg({ quality: 82 })
    .toBuffer();
}

async function firstPage(bytes: Buffer): Promise<Buffer> {
  const wasm = readFileSync(new URL(import.meta.resolve('@hyzyla/pdfium/pdfium.wasm')));
  const library = await PDFiumLibrary.init({ wasmBinary: Uint8Array.from(wasm).buffer });
  const document = await library.loadDocument(bytes);
  const page = document.getPage(0);
  const { originalWidth, originalHeight } = page.getOriginalSize();
  const longest = Math.max(originalWidth, originalHeight);
  if (!(longest > 0)) throw new Error('The page has no size');
  const pixels = (points: number) => Math.max(1, Math.round((points * box) / longest));
  const rendered = await page.render({
    width: pixels(originalWidth),
    height: pixels(originalHeight),
    render: ({ data, width, height }) =>
      sharp(data, { raw: { width, height, channels: 4 } })
        .flatten({ background: 'white' })
        .jpeg({ quality: 82 })
        .toBuffer(),
  });
  return Buffer.from(rendered.data);
}
