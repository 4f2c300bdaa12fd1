import type { Operations } from '../../contract/operation-types.ts';
import type { PortalPages } from '../config/index.ts';
import { blockOperations } from './block-operations.ts';
import { linkOperations } from './link-operations.ts';
import { pageOperations } from './page-operations.ts';
import { pagesForUser } from './page-reader.ts';
import type { PagesPlatform } from './pages-platform.ts';
import { previewOperations } from './preview-operations.ts';
import { storedPages } from './stored-pages.ts';

export type { PagesPlatform } from './pages-platform.ts';
export type { SeamlessLinks } from './seamless-links.ts';

/** Pages as the other parts of the portal ask for them. */
export function portalPages(platform: PagesPlatform): PortalPages {
  return storedPages(platform.clock, (call, _portal, stored) => pagesForUser(platform, call, stored));
}

/** The operations on pages, blocks and external links. */
export function portalPageOperations(platform: PagesPlatform): Operations<'customer-portal'> {
  return {
    ...pageOperations(platform),
    ...blockOperations(platform),
    ...previewOperations(platform),
    ...linkOperations(platform),
  };
}
