import type { ConfigNode } from '../configuration/config-node.ts';
import type { ItemScope } from '../run/item-scope.ts';
import type { MappingRun } from '../run/mapping-run.ts';
import { compileRequiredSource, type ReadSource } from './field-source.ts';

/**
 * Compiles `file_proxy_url` (spec ERP §6.11): `{base}/download?orgId=…&integrationId=…&useCaseSlug=…` and the parameters
 * in configuration order. Exactly one of `use_case_slug` and `use_case_id` is required. Without an integration, as in
 * every simulation, the value is undefined and no parameter is evaluated.
 */
export function compileFileProxyUrl(node: ConfigNode): ReadSource | undefined {
  if (!node.isObject()) return undefined;
  const useCase = compileUseCase(node);
  const params = compileParams(node.member('params'));
  if (!useCase) return undefined;
  return (run, scope) => {
    if (!run.integration) return undefined;
    const { baseUrl, orgId, integrationId } = run.integration;
    const query = [queryPart('orgId', orgId), queryPart('integrationId', integrationId), useCase];
    for (const param of params) {
      const value = param.read(run, scope);
      if (value !== undefined && value !== null) query.push(queryPart(param.name, asText(value)));
    }
    return `${baseUrl}/download?${query.join('&')}`;
  };
}

function compileUseCase(node: ConfigNode): string | undefined {
  const slug = node.member('use_case_slug');
  const id = node.member('use_case_id');
  if (slug.absent === id.absent) {
    return node.refuse('INVALID_VALUE', 'Needs exactly one of use_case_slug and use_case_id');
  }
  const given = slug.absent ? id : slug;
  const text = given.text();
  return text === undefined ? undefined : queryPart(slug.absent ? 'useCaseId' : 'useCaseSlug', text);
}

interface Param {
  readonly name: string;
  readonly read: (run: MappingRun, scope: ItemScope) => unknown;
}

function compileParams(node: ConfigNode): Param[] {
  if (node.absent) return [];
  return node.entries().flatMap(([name, source]) => {
    const read = source.isObject() ? compileRequiredSource(source) : undefined;
    return read ? [{ name, read }] : [];
  });
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function queryPart(name: string, value: string): string {
  // Half surrogate pairs cannot be percent-encoded; they become U+FFFD as in every UTF-8 encoder.
  return `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`;
}
