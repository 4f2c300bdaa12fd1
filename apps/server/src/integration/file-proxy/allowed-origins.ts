import { Refusal } from '../../refusal.ts';
import type { Database } from '../../storage/index.ts';
import { readDownloadRequest } from './download-request.ts';
import { findFileProxy } from './find-file-proxy.ts';

/**
 * Tells whether a page of an origin may read a download: the use case names it in `allowed_origins`, exactly (contract:
 * `FileProxyUseCaseConfiguration`). Other URLs than downloads, and downloads that lead nowhere, are open to nobody this way.
 */
export function fileProxyOrigins(database: Database): (origin: string, url: string) => Promise<boolean> {
  return async (origin, url) => {
    if (!/^\/download\?/.test(url)) return false;
    try {
      const { org, address } = readDownloadRequest(url);
      const { configuration } = await findFileProxy(database.tenant(org), address);
      return configuration.allowedOrigins.includes(origin);
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  };
}
