import { type Entity, isDocument } from '../../../entities/index.ts';
import { portalLink } from '../../../identity/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import type { Portal, PortalPages } from '../../config/index.ts';

/** Where the portal's site shows single entities, as published portals have it. */
const DETAIL_PATHS: Readonly<Record<string, string>> = {
  opportunity: '/requests/opportunities',
  order: '/requests/orders',
  contract: '/contracts',
};

/** Where the site shows an entity: its detail page, else the site itself (spec/portal.md §10.4). */
export async function entityLink(
  pages: Pick<PortalPages, 'list'>,
  queries: TenantQueries,
  portal: Portal,
  entity: Pick<Entity, 'id' | 'schema'>,
): Promise<string> {
  const path = DETAIL_PATHS[entity.schema] ?? (await detailPath(pages, queries, portal, entity.schema));
  return portalLink(portal, path === undefined ? '' : `${path}/${encodeURIComponent(entity.id)}`, {});
}

async function detailPath(
  pages: Pick<PortalPages, 'list'>,
  queries: TenantQueries,
  portal: Portal,
  schema: string,
): Promise<string | undefined> {
  const page = (await pages.list(queries, portal.portalId)).find(
    ({ is_detail: isDetail, detail_schema: slug }) => isDetail === true && slug === schema,
  );
  const slug = page?.['slug'];
  return typeof slug === 'string' ? `/${slug.replace(/^\/+|\/+$/g, '')}` : undefined;
}

/** Where a contact registers; the sign-up recognises the pair of contact and address. Empty without either. */
export function invitationLink(
  portal: Portal,
  contact: Entity | undefined,
  email: string | undefined,
): string {
  return portalLink(portal, '/register', {
    ...(contact ? { contactId: contact.id } : {}),
    ...(email === undefined ? {} : { email }),
  });
}

/** The first address of a contact's or user's repeatable `email`, the one marked primary before the others. */
export function primaryEmail(entity: Entity | undefined): string | undefined {
  const email = entity?.doc['email'];
  const items: readonly unknown[] = Array.isArray(email) ? email : [];
  const isPrimary = (item: unknown) =>
    isDocument(item) &&
    Array.isArray(item['_tags']) &&
    item['_tags'].some((tag) => String(tag).toLowerCase() === 'primary');
  const addresses = [...items.filter(isPrimary), ...items].map((item) =>
    isDocument(item) ? item['email'] : item,
  );
  return addresses.find((address): address is string => typeof address === 'string' && address !== '');
}
