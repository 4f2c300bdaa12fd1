import { type Document, type Entity, toWire } from '../entities/index.ts';

/** Who has rights and what is pending is nobody's business outside the entity graph. */
const HOUSEKEEPING = new Set(['_acl', '_owners', '_viewers', '_changesets', '_manifest', '_purpose_name']);
const SECRET = new Set(['promo_codes', 'promo_code_usage']);

/** Whether a member never leaves through a public operation (spec/pricing.md B5). */
export function isHiddenFromPublic(member: string): boolean {
  return HOUSEKEEPING.has(member) || SECRET.has(member) || member.startsWith('internal_');
}

/** What the public sees of a product, price, coupon or tax; undefined while it is not active. */
export function publicView(entity: Entity): Document | undefined {
  return entity.doc['active'] === false ? undefined : withoutMembers(entity, isHiddenFromPublic);
}

/** What line items keep of an entity: everything but housekeeping and promo codes (spec/pricing.md B0.4). */
export function snapshotView(entity: Entity): Document {
  return withoutMembers(entity, (member) => HOUSEKEEPING.has(member) || SECRET.has(member));
}

function withoutMembers(entity: Entity, isHidden: (member: string) => boolean): Document {
  return Object.fromEntries(Object.entries(toWire(entity)).filter(([name]) => !isHidden(name)));
}
