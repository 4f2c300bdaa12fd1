import { createHash } from 'node:crypto';
import { canonicalJson } from '../../model/json-equality.ts';
import type { SchemaDefinition } from '../schema-definition.ts';

/** What every saved version has of its own. */
const STAMPS: ReadonlySet<string> = new Set(['id', 'created_at', 'updated_at']);

/** A short text that is the same for core schemas that say the same, whenever they were saved. */
export function coreFingerprint(definition: SchemaDefinition): string {
  const own = Object.fromEntries(Object.entries(definition).filter(([name]) => !STAMPS.has(name)));
  return createHash('sha256').update(canonicalJson(own)).digest('hex').slice(0, 32);
}
