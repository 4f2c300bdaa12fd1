import { buffer } from 'node:stream/consumers';
import type { BlobStore } from '../../ports/index.ts';
import { Refusal } from '../../refusal.ts';
import type { FileContent, FileObject } from '../store/file-object.ts';
import { type PreviewWish, renderPreview } from './render-preview.ts';

/** Sizes that are kept; a wish gets the next larger one, so that no caller can have thousands drawn. Pixels. */
const BOXES = [64, 128, 256, 512, 1024, 2048] as const;
const DEFAULT_BOX = 512;
/** What the decoders read, by what the first bytes of a file tell; a drawing that is a program (SVG) is not among them. */
const DRAWN: Readonly<Record<string, PreviewWish['kind']>> = {
  'image/png': 'image',
  'image/jpeg': 'image',
  'image/gif': 'image',
  'image/webp': 'image',
  'image/tiff': 'image',
  'image/avif': 'image',
  'application/pdf': 'pdf',
};
const AT_ONCE = 2;
const MOST_WAITING = 20;

type Drawable = FileObject & { readonly content: FileContent };

/** Small pictures of files, drawn when somebody first asks and kept beside the bytes in the blob store. */
export class Previews {
  readonly #blobs: BlobStore;
  readonly #drawing = new Map<string, Promise<Buffer | undefined>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /**
   * A JPEG of an image or of the first page of a PDF that is as large as wished or a little larger, never larger than the original; undefined
   * when the file has none. `pixels` is the longer side. Must not run inside a transaction.
   * @throws Refusal 503 when too many are being drawn, or this one took too long
   */
  async of(object: Drawable, pixels: number | undefined): Promise<Buffer | undefined> {
    const kind = DRAWN[object.content.sniffedType ?? ''];
    if (!kind) return undefined;
    const wanted = pixels ?? DEFAULT_BOX;
    const box = BOXES.find((one) => one >= wanted) ?? BOXES[BOXES.length - 1] ?? DEFAULT_BOX;
    const path = `${previewFolder(object)}${box}.jpg`;
    const kept = await this.#blobs.get({ org: object.org, path });
    if (kept) return shown(await buffer(kept.body));
    const key = `${object.org} ${path}`;
    const drawing = this.#drawing.get(key) ?? this.#draw(object, { kind, box }, path);
    this.#drawing.set(key, drawing);
    try {
      return await drawing;
    } finally {
      this.#drawing.delete(key);
    }
  }

  async #draw(object: Drawable, wish: PreviewWish, path: string): Promise<Buffer | undefined> {
    const { org, content } = object;
    await this.#turn();
    try {
      const blob = await this.#blobs.get({ org, path: content.blobPath });
      if (!blob) return undefined;
      const rendered = await renderPreview(await buffer(blob.body), wish);
      if (rendered === 'gaveUp') throw busy('The preview took too long');
      // Nothing to show is kept as well: the file stays what it is.
      const picture = rendered === 'nothing' ? Buffer.alloc(0) : rendered;
      await this.#blobs.put({ org, path }, picture, {
        contentType: 'image/jpeg',
        maxBytes: picture.length + 1,
      });
      return shown(picture);
    } finally {
      // Whoever waits longest takes this turn over.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < AT_ONCE) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= MOST_WAITING) throw busy('Too many previews are being drawn');
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** Where the previews of an object lie; whoever removes its bytes removes these. */
export function previewFolder({ id }: Pick<FileObject, 'id'>): string {
  return `objects/${id}/preview-`;
}

function shown(picture: Buffer): Buffer | undefined {
  return picture.length === 0 ? undefined : picture;
}

function busy(message: string): Refusal {
  return new Refusal(503, 'PREVIEW_UNAVAILABLE', message, { retryAfter: 30 });
}
