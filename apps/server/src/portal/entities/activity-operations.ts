import type { Operations } from '../../contract/operation-types.ts';
import {
  createActivity,
  type Document,
  findEntity,
  placeOf,
  readFeed,
  schemasOf,
} from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import { forbidden, notFound } from '../../refusal.ts';
import type { PortalEntitiesPlatform } from './platform.ts';
import { checkPage, portalFeed } from './reading/portal-feed.ts';
import { portalSource } from './updating/caller-source.ts';

/** `getEntityActivityFeed` for portal users and staff, and `createCustomEntityActivity` (spec/portal.md §5.12). */
export function activityOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    async getEntityActivityFeed(call) {
      const { slug, id, type, ...rest } = call.parameters;
      const query = { ...rest, ...(type ? { type: type.split(',') } : {}) };
      if (call.principal.kind !== 'portal_user') return staffFeed(platform, call, slug, id, query);
      const access = await platform.accessOf(call);
      const entity = await access.load(slug, id);
      return portalFeed(call.tenant, access, entity.id, query, platform.clock.now());
    },

    async createCustomEntityActivity(call) {
      const access = await platform.accessOf(call);
      const { contactId, user } = access;
      if (user.readOnly) throw forbidden('Not permitted: creating activities');
      const activity = await call.tenant.transaction((tx) =>
        createActivity(
          tx,
          {
            type: call.body.type,
            title: 'Password reset in the portal',
            message: '{{caller}} reset the password of {{entity payload.entity.id payload.entity.schema}}',
            payload: { entity: { id: user.portalUserId, schema: 'portal_user' } },
          },
          [user.portalUserId, contactId],
          portalSource(user),
          platform.clock.now(),
        ),
      );
      const { id, timestamp, type, title, message, payload } = activity;
      return { _id: id, timestamp: timestamp.toISOString(), type, title, message, payload };
    },
  };
}

/** Everything, within the caller's grants. */
async function staffFeed(
  { rightsOf, clock }: PortalEntitiesPlatform,
  call: Pick<Call, 'principal' | 'tenant'>,
  slug: string,
  id: string,
  query: Parameters<typeof readFeed>[2],
) {
  checkPage(query.from ?? 0, query.size ?? 25);
  const rights = await rightsOf(call.principal);
  if (!rights.allows('entity:view', `${slug}:${id}`)) throw forbidden('Not permitted: entity:view');
  const entity = await findEntity(call.tenant, id, slug);
  if (!entity) throw notFound('The entity', 'ENTITY_NOT_FOUND');
  const schemas = await schemasOf(call.tenant);
  return readFeed(call.tenant, id, query, clock.now(), (operation) => {
    const { params, diff } = operation;
    if (!rights.allows('entity:view', `${params.slug}:${params.id}`)) return undefined;
    const schema = schemas.find(params.slug);
    const part = (members: Document) => rights.visible(params.slug, members, (name) => placeOf(schema, name));
    const { payload, ...rest } = operation;
    return {
      ...rest,
      ...(payload ? { payload: part(payload) } : {}),
      diff: { added: part(diff.added), updated: part(diff.updated), deleted: part(diff.deleted) },
    };
  });
}
