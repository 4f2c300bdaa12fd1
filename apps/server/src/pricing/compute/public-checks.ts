import type { Signatures } from '../signature.ts';
import type { CatalogSnapshots } from './catalog-snapshots.ts';

/** What public line items are checked against. */
export interface PublicChecks {
  readonly org: string;
  readonly catalog: CatalogSnapshots;
  readonly signatures: Signatures;
}
