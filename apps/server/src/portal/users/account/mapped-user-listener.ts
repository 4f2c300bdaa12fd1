import type { EntityChanged, EntityChangeListener, EntityGraph } from '../../../entities/index.ts';
import type { Clock } from '../../../ports/index.ts';
import { wantMail } from '../mails/mail-queue.ts';
import { REGISTRATION, relatedTo } from '../portal-user.ts';

/**
 * An administrator maps a pending user by naming a contact, nothing more (portal §4.5): the state follows, and the user is told. `graph` is asked
 * for when a change happens, because the graph is built with its listeners.
 */
export function mappedUserListener(clock: Clock, graph: () => EntityGraph): EntityChangeListener {
  return async (tx, changes) => {
    for (const change of changes) {
      const user = newlyMapped(change);
      if (!user) continue;
      await graph().patch(
        tx,
        { id: user.id, attributes: { mapping_status: 'Mapped' } },
        { source: change.source, direct: true },
      );
      const portalId = user.doc['portal_id'];
      if (typeof portalId !== 'string' || user.doc['registration_status'] === REGISTRATION.pending) continue;
      await wantMail(tx, { kind: 'mapped', portalId, portalUserId: user.id }, clock.now());
    }
  };
}

function newlyMapped({ before, after }: EntityChanged) {
  if (after?.schema !== 'portal_user' || after.deletedAt) return undefined;
  const isWaiting = before?.doc['mapping_status'] === 'Pending' && after.doc['mapping_status'] === 'Pending';
  const isMapped = relatedTo(after, 'mapped_contact').length > 0;
  return isWaiting && isMapped ? after : undefined;
}
