import type { Problem } from '../../refusal.ts';
import { isDocument } from './document.ts';

/** 1 MiB of JSON text (spec/entities.md §1). */
export const MOST_DOCUMENT_BYTES = 1_048_576;
const DEEPEST = 64;
const MOST_PROBLEMS = 20;

/**
 * What keeps a sent document from being stored: text that PostgreSQL cannot hold (NUL, half a surrogate pair), the member name `__proto__`,
 * and nesting deeper than 64. Answers at most 20 problems with their paths below `path`.
 */
export function documentProblems(value: unknown, path: string): Problem[] {
  const problems: Problem[] = [];
  inspect(value, path, 0, problems);
  return problems;
}

function inspect(value: unknown, path: string, depth: number, problems: Problem[]): void {
  if (problems.length >= MOST_PROBLEMS) return;
  if (typeof value === 'string') {
    if (!isStorable(value)) problems.push({ path, message: 'contains a character that cannot be stored' });
  } else if (depth > DEEPEST) {
    problems.push({ path, message: `is nested deeper than ${DEEPEST} levels` });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) inspect(item, `${path}[${index}]`, depth + 1, problems);
  } else if (isDocument(value)) {
    for (const [name, item] of Object.entries(value)) {
      if (name === '__proto__' || !isStorable(name))
        problems.push({ path, message: 'has a member name that cannot be stored' });
      else inspect(item, `${path}.${name}`, depth + 1, problems);
    }
  }
}

/** More bytes than a value's JSON has: what is surely small enough need not be written out to be measured. */
export function mostBytes(value: unknown): number {
  // Six for a character that is written as an escape.
  if (typeof value === 'string') return 6 * value.length + 3;
  if (typeof value !== 'object' || value === null) return 32;
  let bytes = 3;
  if (Array.isArray(value)) for (const item of value) bytes += mostBytes(item);
  else if (isDocument(value)) for (const name in value) bytes += 6 * name.length + 4 + mostBytes(value[name]);
  return bytes;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
