import type { Tenant } from '../../storage/index.ts';
import type { AccessPortal } from '../access/index.ts';

/** For whom a link of an extension is looked at. */
export interface LinkReader {
  readonly tenant: Tenant;
  readonly portal: Pick<AccessPortal, 'portalId' | 'config'>;
  /** Missing when staff look as a contact. */
  readonly portalUserId?: string | undefined;
  readonly contactId: string | undefined;
}

/** Which link of which extension. */
export interface SeamlessLink {
  readonly extensionId: string;
  readonly linkId: string;
}

/** The links of extensions, as lists of links need them (portal §3.9, §9.6). Hooks bring the implementation. */
export interface SeamlessLinks {
  /** Whether a link is to be shown: its extension is switched on, and its `condition` holds. Nobody is asked for it. */
  isShown(link: SeamlessLink, reader: LinkReader): Promise<boolean>;
  /**
   * Where a link leads, after signing in at the third party.
   * @throws Refusal 404 for unknown ones, 403 when the condition does not hold, 500 with the reasons of portal §9.5
   */
  open(link: SeamlessLink, reader: LinkReader): Promise<string>;
}
