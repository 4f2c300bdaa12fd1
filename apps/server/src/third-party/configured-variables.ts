import { resolveEnvironment } from '../environments/index.ts';
import type { SecretBox } from '../ports/index.ts';
import type { TenantQueries } from '../storage/index.ts';
import { environmentKeys, renderText, type Variables } from './interpolate.ts';

const REFERENCE = /^\{\{\s*env\.[\w.-]+\s*\}\}$/;

/**
 * What an organisation has configured, for a template: `Options`, and the environment variables that the template or the options name (portal
 * §9.2 step 2). The value of an option may be a reference to the environment; nothing else in it is a template. Secrets are in clear here;
 * never log or answer them.
 * @throws Refusal 500 `ENVIRONMENT_VARIABLE_MISSING` for an option that refers to nothing
 */
export async function configuredVariables(
  queries: TenantQueries,
  secrets: SecretBox,
  template: unknown,
  options: Readonly<Record<string, string>>,
): Promise<Variables> {
  const env = new Map<string, string>();
  for (const key of environmentKeys([template, options])) {
    const found = await resolveEnvironment(queries, secrets, key);
    if (found) env.set(key, found.text);
  }
  const values = Object.entries(options).map(([id, value]) => [
    id,
    REFERENCE.test(value) ? renderText(value, { env }) : value,
  ]);
  return { Options: Object.fromEntries(values), env };
}
