import { type Document, withoutStrangers } from '../../entities/index.ts';
import type { Principal } from '../../identity/index.ts';
import { changesetToWire, type ReadingChangeset } from '../changesets/reading-changeset.ts';

/** A reading that waits as a caller may see it: portal users learn of proposals for a meter they share, not of who made them. */
export function shownChangeset(changeset: ReadingChangeset, principal: Principal): Document {
  const wire = changesetToWire(changeset);
  return principal.kind === 'portal_user' ? withoutStrangers(wire, principal.portalUserId) : wire;
}
