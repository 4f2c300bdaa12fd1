import { asObject } from '../../../contract/json-object.ts';
import { type Problem, Refusal } from '../../../refusal.ts';
import type { Portal } from '../../config/index.ts';
import type { Identifiers } from '../user-hooks.ts';

/** An attribute that a portal has chosen to identify somebody by. */
export interface ConfiguredIdentifier {
  readonly schema: string;
  readonly name: string;
}

/** The identifiers of a list such as `registration_identifiers`. */
export function configuredIdentifiers(
  portal: Portal,
  member: 'registration_identifiers' | 'contact_identifiers_for_account',
): ConfiguredIdentifier[] {
  const list: unknown = portal.config[member];
  if (!Array.isArray(list)) return [];
  return list
    .map(asObject)
    .flatMap(({ name, schema }) =>
      typeof name === 'string' && name !== ''
        ? [{ name, schema: typeof schema === 'string' ? schema : 'contact' }]
        : [],
    );
}

/**
 * The shown values of all configured identifiers (portal §4.3 step 1). Throws 400 when one is missing or empty, or when others are shown: nobody
 * may probe attributes of their choice.
 */
export function requireIdentifiers(
  configured: readonly ConfiguredIdentifier[],
  shown: Identifiers,
): Identifiers {
  const problems: Problem[] = [];
  const values: Record<string, Record<string, string>> = {};
  for (const { schema, name } of configured) {
    const value = shown[schema]?.[name];
    if (typeof value !== 'string' || value.trim() === '') {
      problems.push({ path: place(schema, name), message: 'is required' });
      continue;
    }
    values[schema] = { ...values[schema], [name]: value };
  }
  for (const [schema, attributes] of Object.entries(shown)) {
    for (const name of Object.keys(attributes)) {
      if (configured.some((one) => one.schema === schema && one.name === name)) continue;
      problems.push({ path: place(schema, name), message: 'is no identifier of this portal' });
    }
  }
  if (problems.length > 0) {
    const [first] = problems;
    throw new Refusal(400, 'INVALID_IDENTIFIERS', `${first?.path}: ${first?.message}`, {
      reason: 'INVALID_IDENTIFIERS',
      errors: problems,
    });
  }
  return values;
}

function place(schema: string, name: string): string {
  return `body.registration_identifiers.${schema}.${name}`;
}
