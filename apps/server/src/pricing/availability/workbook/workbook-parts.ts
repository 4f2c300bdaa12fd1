import type { Readable } from 'node:stream';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { WorkbookError } from './workbook-error.ts';

const MOST_PARTS = 1_000;
/** What the parts that are read may unfold to, together. A sheet of 200,000 rows with all columns has about half of it. */
const MOST_BYTES = 128 * 1024 * 1024;

/**
 * The parts of a workbook: files in a ZIP archive. A part never unfolds to more bytes than its entry says, and the parts that are read to no
 * more than 128 MiB together, so that a small file cannot become a large one.
 */
export class WorkbookParts {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  #bytesLeft = MOST_BYTES;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  /** @throws WorkbookError when the bytes are no archive, or one of too many parts */
  static async open(bytes: Uint8Array): Promise<WorkbookParts> {
    try {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const zip = await fromBufferPromise(buffer, { lazyEntries: true });
      if (zip.entryCount > MOST_PARTS) throw new WorkbookError(`File has more than ${MOST_PARTS} parts`);
      const entries = new Map<string, Entry>();
      for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
      return new WorkbookParts(zip, entries);
    } catch (cause) {
      if (cause instanceof WorkbookError) throw cause;
      throw new WorkbookError('File is no workbook that can be read', { cause });
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The bytes of a part. @throws WorkbookError when there is no such part, it is encrypted, or it would be too large */
  async stream(name: string): Promise<Readable> {
    const entry = this.#entries.get(name);
    if (!entry || entry.isEncrypted() || !entry.canDecodeFileData())
      throw new WorkbookError('File is no workbook that can be read');
    this.#bytesLeft -= entry.uncompressedSize;
    if (this.#bytesLeft < 0) throw new WorkbookError('File has more than 128 MB when it is unpacked');
    return this.#zip.openReadStreamPromise(entry);
  }
}
