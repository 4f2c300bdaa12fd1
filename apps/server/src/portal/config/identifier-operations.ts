import type { Operations } from '../../contract/operation-types.ts';
import { schemasOf } from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { extraPermissionAttributes } from './extra-permission-attributes.ts';
import { IDENTIFYING_SCHEMAS, identifierAttributes } from './identifier-catalogue.ts';
import { PortalRights } from './portal-grants.ts';

/** What administrators choose identifiers and permissions from (portal §3.4, §3.10). */
export function identifierOperations({ identity }: ConfigPlatform): Operations<'customer-portal'> {
  const attributesOf = async (call: Call<unknown>, slug: string) =>
    identifierAttributes((await schemasOf(call.tenant)).find(slug));
  const requireView = async (call: Call<unknown>) =>
    (await PortalRights.of(identity.access, call.principal)).requireAny('view');

  return {
    async getRegistrationIdentifiers(call) {
      await requireView(call);
      const schemas = await schemasOf(call.tenant);
      const known = IDENTIFYING_SCHEMAS.filter((slug) => schemas.find(slug));
      return {
        data: Object.fromEntries(known.map((slug) => [slug, identifierAttributes(schemas.find(slug))])),
      };
    },

    async getValidSecondaryAttributes(call) {
      await requireView(call);
      const attributes = await attributesOf(call, 'contact');
      return { data: attributes.map(({ name, type }) => ({ name, type })) };
    },

    async getEntityIdentifiers(call) {
      await requireView(call);
      const attributes = await attributesOf(call, call.parameters.slug);
      return { data: attributes.map(({ name, type }) => ({ name, type })) };
    },

    async extraPermissionAttributes(call) {
      await requireView(call);
      return { data: extraPermissionAttributes() };
    },
  };
}
