import { type Document, type Entity, toWire } from '../entities/index.ts';

/** Who has rights and what is pending is nobody's business outside the entity graph. */
const HOUSEKEEPING = new Set(['_acl', '_owners', '_viewers', '_changesets', '_manifest', '_purpose_name']);
const SECRET = new Set(['promo_codes', 'promo_code_usage']);

/** Whether a member never leaves through a public operation (spec/pricing.md B5). */
export function isHiddenFromPublic(member: string): boolean {
  return HOUSEKEEPING.has(member) || SECRET.has(member) || member.startsWith('internal_');
}

/** What anybody may see besides files; everything else that a catalog entity is related to stays inside. */
const PUBLISHED = new Set(['product', 'price', 'coupon']);

/**
 * What the public sees of an entity: catalog entities while they are active, the taxes of prices, and files that are public; undefined for
 * everything else, because a relation may lead to a customer.
 */
export function publicView(entity: Entity): Document | undefined {
  return isPublic(entity) ? withoutMembers(entity, isHiddenFromPublic) : undefined;
}

function isPublic({ schema, doc }: Entity): boolean {
  if (schema === 'tax') return true;
  if (schema === 'file') return doc['access_control'] === 'public-read';
  return PUBLISHED.has(schema) && doc['active'] !== false;
}

/** What line items keep of an entity: everything but housekeeping and promo codes (spec/pricing.md B0.4). */
export function snapshotView(entity: Entity): Document {
  return withoutMembers(entity, (member) => HOUSEKEEPING.has(member) || SECRET.has(member));
}

function withoutMembers(entity: Entity, isHidden: (member: string) => boolean): Document {
  const shown = Object.entries(toWire(entity)).filter(([name]) => !isHidden(name));
  return inContractTypes(entity, Object.fromEntries(shown));
}

/** Members of type `number` may be stored as text or as numbers; the contract wants a tax's rate as number and a coupon's percentage as text. */
export function inContractTypes({ schema }: Entity, members: Document): Document {
  const { rate, percentage_value: percentage } = members;
  if (schema === 'tax' && typeof rate === 'string') return { ...members, rate: Number(rate) };
  if (schema === 'coupon' && typeof percentage === 'number') {
    return { ...members, percentage_value: String(percentage) };
  }
  return members;
}
