import { Refusal } from '../../refusal.ts';
import type { FileProxyAddress } from './find-file-proxy.ts';

/** What a download URL asks for. */
export interface DownloadRequest {
  readonly org: string;
  readonly address: FileProxyAddress;
  /** All query parameters but the signature. */
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Reads a download URL; of repeated parameters the first counts.
 * @throws Refusal 400 `MISSING_REQUIRED_PARAM`
 */
export function readDownloadRequest(url: string): DownloadRequest {
  const query = new URL(url, 'http://localhost').searchParams;
  const params: Record<string, string> = Object.create(null);
  for (const [name, value] of query) params[name] ??= value;
  const { signature: _signature, expires_at: _expiry, ...rest } = params;
  const { orgId, integrationId, useCaseId, useCaseSlug } = rest;
  if (!orgId || !integrationId) throw missing('orgId and integrationId are required');
  if (useCaseId ? useCaseSlug : !useCaseSlug)
    throw missing('exactly one of useCaseSlug and useCaseId is required');
  const useCase = useCaseId ? { id: useCaseId } : { slug: useCaseSlug ?? '' };
  return { org: orgId, address: { integrationId, useCase }, params: rest };
}

export function missing(what: string): Refusal {
  return new Refusal(400, 'MISSING_REQUIRED_PARAM', `Of the query parameters, ${what}`);
}
