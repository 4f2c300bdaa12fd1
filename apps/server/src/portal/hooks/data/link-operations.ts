import { asObject } from '../../../contract/json-object.ts';
import type { Operations } from '../../../contract/operation-types.ts';
import { forbidden, notFound } from '../../../refusal.ts';
import { renderText, renderUrl, renderValue, upstreamRefusal } from '../../../third-party/index.ts';
import { loadContext } from '../../service/index.ts';
import type { HookEngine } from '../engine/hook-engine.ts';
import { requireExtension } from '../extensions/choose-hook.ts';
import { objectsOf } from '../extensions/extension.ts';
import type { HooksPlatform } from '../hooks-platform.ts';

/** Links of extensions that sign the customer in at the third party on the way (portal §9.6). */
export function linkOperations(
  { accessOf }: Pick<HooksPlatform, 'accessOf'>,
  engine: HookEngine,
): Operations<'customer-portal'> {
  return {
    async getResolvedSeamlessLink(call) {
      const { app_id: appId, extension_id: extensionId, link_id: linkId, context_entities } = call.parameters;
      const access = await accessOf(call);
      const extension = await requireExtension(call.tenant, access.portal, { appId, extensionId });
      const link = objectsOf(extension.definition['links']).find(({ id }) => id === linkId);
      if (!link) throw notFound('The link', 'LINK_NOT_FOUND');
      const stage = await engine.prepare(extension, link, {
        tenant: call.tenant,
        portalId: access.portal.portalId,
        portalUserId: access.user.portalUserId,
        contactId: access.user.contactId,
        entities: await loadContext(access, context_entities),
      });
      const { condition } = link;
      if (typeof condition === 'string' && isFalsy(renderValue(condition, stage.variables))) {
        throw forbidden('Not permitted: this link');
      }
      const variables = await stage.authenticate();
      const redirect = asObject(link['redirect']);
      const written = renderUrl(String(redirect['url']), variables);
      const url = URL.canParse(written) ? new URL(written) : undefined;
      if (url?.protocol !== 'https:') throw upstreamRefusal('UPSTREAM_INVALID_RESPONSE');
      for (const [name, value] of Object.entries(asObject(redirect['params']))) {
        url.searchParams.append(name, renderText(String(value), variables));
      }
      return { link: url.href };
    },
  };
}

/** What a condition yields when it does not hold, as a value or written out. */
function isFalsy(value: unknown): boolean {
  return !value || (typeof value === 'string' && ['', 'false', '0', 'null'].includes(value.trim()));
}
