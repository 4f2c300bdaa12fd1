import { type Document, isDocument } from '../entities/index.ts';

/** The objects of a list; everything else in it, or something that is no list, is left out. */
export function documentsOf(value: unknown): Document[] {
  return Array.isArray(value) ? value.filter(isDocument) : [];
}

/** The non-empty texts of a list, each once. */
export function textsOf(value: unknown): string[] {
  const texts = Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string' && item !== '')
    : [];
  return [...new Set(texts)];
}

/** A text with something in it; undefined for everything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A copy without some members. */
export function without(document: Document, names: readonly string[]): Document {
  return Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)));
}
