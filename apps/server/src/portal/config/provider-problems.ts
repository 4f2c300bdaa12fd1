import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { Problem } from '../../refusal.ts';
import { providerSlug } from './identity-providers.ts';

/**
 * What is wrong with the identity providers of a save (portal §4.7): slugs that are no slugs or come twice, templates where only literals are
 * allowed, an issuer that is no address.
 */
export function providerProblems(providers: unknown): Problem[] {
  if (!Array.isArray(providers)) return [];
  const seen = new Set<string>();
  return providers.flatMap((item: unknown, at) => {
    const provider = asObject(item);
    const slug = providerSlug(item);
    const problems = [...literalProblems(provider), ...issuerProblems(asObject(provider['oidc_config']))];
    if (!/^[0-9a-z_-]{1,100}$/.test(slug)) {
      problems.push({ path: 'slug', message: 'must consist of lower-case letters, digits, _ and -' });
    }
    if (seen.has(slug)) problems.push({ path: 'slug', message: 'is used by another provider' });
    seen.add(slug);
    return problems.map(({ path, message }) => ({ path: `body.identity_providers[${at}].${path}`, message }));
  });
}

function literalProblems(provider: JsonObject): Problem[] {
  return ['slug', 'display_name', 'attribute_mappings', 'entity_matching']
    .filter((member) => JSON.stringify(provider[member] ?? null).includes('{{'))
    .map((member) => ({ path: member, message: 'must not hold template expressions' }));
}

/** An address with an `{{ env.KEY }}` in it is known when it is used. */
function issuerProblems(config: JsonObject): Problem[] {
  const issuer = config['oidc_issuer'];
  if (issuer === undefined || (typeof issuer === 'string' && issuer.includes('{{'))) return [];
  const isAddress =
    typeof issuer === 'string' && URL.canParse(issuer) && /^https?:$/.test(new URL(issuer).protocol);
  return isAddress ? [] : [{ path: 'oidc_config.oidc_issuer', message: 'must be an http(s) URL' }];
}
