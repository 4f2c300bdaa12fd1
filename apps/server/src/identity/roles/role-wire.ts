import type { Problem } from '../../refusal.ts';
import { type Grant, grantProblems, readGrants } from '../grants/grant.ts';
import { asObject, type JsonObject, textOf } from '../json-reading.ts';
import type { Role, RoleType } from './role.ts';

const TYPES: ReadonlySet<unknown> = new Set<RoleType>([
  'user_role',
  'org_role',
  'share_role',
  'partner_role',
  'portal_role',
]);
const EXTRAS = ['partner_org_id', 'pricing_tier', 'vendor_created'] as const;
const SLUG = /^[a-z0-9][a-z0-9_-]{0,99}$/;
const MOST_GRANTS = 2_000;

/** What is wrong with a role as a client sent it (contract `permissions`, `RolePayload`); empty when it can be read. */
export function roleProblems(body: unknown): Problem[] {
  const { name, slug, type, grants, expires_at: expires } = asObject(body);
  const problem = (member: string, message: string) => ({ path: `body.${member}`, message });
  const count = Array.isArray(grants) ? withDependencies(grants).length : 0;
  return [
    ...(textOf(name) === undefined ? [problem('name', 'is required')] : []),
    ...(typeof slug === 'string' && SLUG.test(slug)
      ? []
      : [problem('slug', 'must be lower-case letters, digits, _ and -')]),
    ...(TYPES.has(type) ? [] : [problem('type', 'is no type of role')]),
    ...grantProblems(grants, 'body.grants'),
    ...(count > MOST_GRANTS ? [problem('grants', `has more than ${MOST_GRANTS} entries`)] : []),
    ...(expires === undefined || expires === null || !Number.isNaN(Date.parse(String(expires)))
      ? []
      : [problem('expires_at', 'is no instant')]),
  ];
}

/** A role that {@link roleProblems} found nothing wrong with. Dependencies of grants become grants of their own. */
export function readRole(body: unknown, id: string): Role {
  const raw = asObject(body);
  const expires = textOf(raw['expires_at']);
  const extras = EXTRAS.filter((name) => raw[name] !== undefined).map((name) => [name, raw[name]]);
  return {
    id,
    slug: String(raw['slug']),
    name: String(raw['name']),
    type: readType(raw['type']),
    grants: readGrants(withDependencies(Array.isArray(raw['grants']) ? raw['grants'] : [])),
    parentRole: textOf(raw['parent_role']),
    expiresAt: expires === undefined ? undefined : new Date(expires),
    extras: Object.fromEntries(extras),
  };
}

function readType(value: unknown): RoleType {
  switch (value) {
    case 'org_role':
    case 'share_role':
    case 'partner_role':
    case 'portal_role':
      return value;
    default:
      return 'user_role';
  }
}

function withDependencies(grants: readonly unknown[]): unknown[] {
  return grants.flatMap((grant) => {
    const { dependencies, ...own } = asObject(grant);
    return [own, ...(Array.isArray(dependencies) ? withDependencies(dependencies) : [])];
  });
}

/** The contract's form of a role. */
export function roleToWire(org: string, role: Role): JsonObject {
  return {
    ...role.extras,
    id: role.id,
    slug: role.slug,
    name: role.name,
    type: role.type,
    organization_id: org,
    grants: role.grants.map(grantToWire),
    ...(role.parentRole ? { parent_role: role.parentRole } : {}),
    ...(role.expiresAt ? { expires_at: role.expiresAt.toISOString() } : {}),
  };
}

function grantToWire({ conditions = [], ...grant }: Grant): JsonObject {
  const written = conditions.map((condition) => {
    if ('values' in condition) return { ...condition };
    const { attributes, operation } = condition;
    return attributes.length === 0 ? { operation } : { operation, attributes };
  });
  return { ...grant, ...(written.length > 0 ? { conditions: written } : {}) };
}
