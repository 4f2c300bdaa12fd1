import { readWholePart } from './read-part.ts';
import type { WorkbookParts } from './workbook-parts.ts';

/** The texts that cells of a workbook refer to by number; a workbook may have none. Phonetic spellings are left out. */
export async function readSharedTexts(parts: WorkbookParts, name: string): Promise<readonly string[]> {
  const texts: string[] = [];
  let text = '';
  let isText = false;
  let isPhonetic = false;
  if (!parts.has(name)) return texts;
  await readWholePart(parts, name, {
    open(element) {
      if (element === 'si') text = '';
      else if (element === 'rPh') isPhonetic = true;
      isText = element === 't' && !isPhonetic;
    },
    text(piece) {
      if (isText) text += piece;
    },
    close(element) {
      isText = false;
      if (element === 'rPh') isPhonetic = false;
      else if (element === 'si') texts.push(text);
    },
  });
  return texts;
}
