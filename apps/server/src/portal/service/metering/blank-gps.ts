/** Tag of the pointer to the GPS directory, in the first directory of a TIFF block (EXIF 2.32, 4.6.3). */
const GPS_POINTER = 0x8825;
const ENTRY = 12;
/** Bytes per value by TIFF type; types that do not exist have none. */
const TYPE_SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/**
 * A copy of an EXIF block (a TIFF file of its own) whose GPS directory is empty: its entries and their values are zeros. Everything else,
 * offsets included, stays. Blocks that cannot be read are blanked altogether, so that nothing hides in them.
 */
export function blankGps(block: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(block);
  try {
    clear(copy);
    return copy;
  } catch (error) {
    // A DataView tells by RangeError that a directory points beyond the block.
    if (error instanceof RangeError) return new Uint8Array(block.length);
    throw error;
  }
}

function clear(block: Uint8Array): void {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) throw new RangeError('No TIFF block');
  const little = order === 0x4949;
  const first = view.getUint32(4, little);
  const count = view.getUint16(first, little);
  for (let index = 0; index < count; index += 1) {
    const entry = first + 2 + index * ENTRY;
    if (view.getUint16(entry, little) === GPS_POINTER)
      clearDirectory(block, view, view.getUint32(entry + 8, little), little);
  }
}

function clearDirectory(block: Uint8Array, view: DataView, start: number, little: boolean): void {
  const count = view.getUint16(start, little);
  for (let index = 0; index < count; index += 1) {
    const entry = start + 2 + index * ENTRY;
    const size = (TYPE_SIZES[view.getUint16(entry + 2, little)] ?? 0) * view.getUint32(entry + 4, little);
    if (size > 4) {
      const at = view.getUint32(entry + 8, little);
      block.fill(0, at, Math.min(at + size, block.length));
    }
    block.fill(0, entry, entry + ENTRY);
  }
  view.setUint16(start, 0, little);
}
