import {
  createActivity,
  type Document,
  type Entity,
  entityDocuments,
  lockEntity,
} from '../../../entities/index.ts';
import { catalogEvent, emitEvent, hydrateEvent } from '../../../events/index.ts';
import type { Call } from '../../../http/call.ts';
import { conflict, notFound } from '../../../refusal.ts';
import type { TenantTransaction } from '../../../storage/index.ts';
import { calendarDay } from '../../access/index.ts';
import type { PortalEntitiesPlatform } from '../platform.ts';
import { portalSource } from './caller-source.ts';

const ORDER_PLACED = 'OrderSubmission';
const OPEN: ReadonlySet<unknown> = new Set(['open_for_acceptance', 'quote']);
const STATUS_AFTER = { accept: 'placed', decline: 'cancelled' } as const;

/**
 * Accepts or declines an offer, once: of two calls at the same moment one gets 409 (spec/portal.md §5.11). The activity says who decided
 * what, and when; accepting raises `OrderSubmission`. Answers the order as the user sees it.
 * @throws Refusal 404 out of reach, 403 without `entity:edit`, 409 when it is not open for a decision or has expired
 */
export async function decideOffer(
  { accessOf, graph, clock }: PortalEntitiesPlatform,
  call: Pick<Call, 'principal' | 'tenant'>,
  orderId: string,
  decision: 'accept' | 'decline',
): Promise<Document> {
  const access = await accessOf(call);
  access.requireEdit(await access.load('order', orderId));
  const written = await call.tenant.transaction(async (tx) => {
    const order = await lockEntity(tx, orderId, 'order');
    if (!order) throw notFound('The order', 'ENTITY_NOT_FOUND');
    const now = clock.now();
    if (!OPEN.has(order.doc['status']) || hasExpired(order.doc['expires_at'], now)) {
      throw conflict('The order is not open for a decision', 'ORDER_NOT_DECIDABLE');
    }
    const source = portalSource(access.user);
    const activity = await createActivity(
      tx,
      {
        type: 'EntityUpdatedFromPortal',
        title: decision === 'accept' ? 'Offer accepted' : 'Offer declined',
        message: `{{caller}} ${decision === 'accept' ? 'accepted' : 'declined'} {{entity payload.entity.id payload.entity.schema}}`,
        payload: {
          entity: { id: orderId, schema: 'order' },
          decision,
          portal_user: access.user.portalUserId,
          at: now.toISOString(),
        },
      },
      [],
      source,
      now,
    );
    const attributes = { status: STATUS_AFTER[decision] };
    const written = await graph.patch(
      tx,
      { id: orderId, schema: 'order', attributes },
      { source, direct: true, activityId: activity.id },
    );
    if (decision === 'accept') await raisePlaced(tx, written.entity, access.user.portalUserId, now);
    return written;
  });
  return access.shownAttributes(written.entity);
}

/** An offer is open until its instant; one that names a day only, until that day is over where the organisation is. */
function hasExpired(expiresAt: unknown, now: Date): boolean {
  if (typeof expiresAt !== 'string') return false;
  if (/^\d{4}-\d{2}-\d{2}$/.test(expiresAt)) return expiresAt < calendarDay(now);
  return Date.parse(expiresAt) <= now.getTime();
}

/** An accepted offer is an order that was placed: the ERP learns of it as of any other. */
async function raisePlaced(
  tx: TenantTransaction,
  order: Entity,
  portalUserId: string,
  now: Date,
): Promise<void> {
  const graph = catalogEvent(ORDER_PLACED)?.graph;
  const entities = await entityDocuments(tx, [order]);
  const payload = graph ? await hydrateEvent(tx, graph, { node: graph.seed, entities }) : {};
  const cause = { sourceType: 'portal_user', source: portalUserId, eventSource: 'portal' };
  await emitEvent(tx, { name: ORDER_PLACED, payload, ...cause }, now);
}
