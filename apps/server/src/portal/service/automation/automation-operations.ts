import type { Operations } from '../../../contract/operation-types.ts';
import { type Document, type Entity, schemasOf, toWire, visibleDocument } from '../../../entities/index.ts';
import type { ServicePlatform } from '../service-platform.ts';
import { filesOfActivity, parentsOfFiles } from './activity-files.ts';
import { requireAutomation } from './require-automation.ts';
import { usersInReach } from './users-in-reach.ts';

/** What automations ask about portals (spec/portal.md §10.3). */
export function automationOperations(platform: ServicePlatform): Operations<'customer-portal'> {
  const { grants, portals } = platform;
  return {
    async canTriggerPortalFlow(call) {
      const portal = await portals.find(call.parameters.portal_id);
      const isOwn = portal?.org === call.tenant.org;
      await requireAutomation(grants, call, isOwn ? portal.origin : undefined);
      const { activity_id: activityId, ecp_config: config } = call.body;
      if (!portal || !isOwn || !portal.enabled || portal.config['is_dummy'] === true || !activityId) {
        return { can_trigger: false };
      }
      const wanted = config?.file_config ?? {};
      const files = (await filesOfActivity(call.tenant, activityId)).filter((file) => isWanted(file, wanted));
      if (files.length === 0) return { can_trigger: false };
      const parents = await parentsOfFiles(call.tenant, files);
      const users = await usersInReach(platform, call.tenant, parents, portal);
      return { can_trigger: users.length > 0 };
    },

    async getAutomationContext(call) {
      await requireAutomation(grants, call);
      const rights = await grants.rightsOf(call.principal);
      const schemas = await schemasOf(call.tenant);
      const files = await filesOfActivity(call.tenant, call.parameters.activity_id);
      const context: Record<string, Document> = {};
      for (const entity of [...files, ...(await parentsOfFiles(call.tenant, files))]) {
        const { id, schema } = entity;
        if (schema in context || !rights.allows('entity:view', `${schema}:${id}`, toWire(entity))) continue;
        context[schema] = visibleDocument(rights, schemas.find(schema), entity);
      }
      return context;
    },
  };
}

/** Whether a file has what the automation is configured for; what is not configured is not asked. */
function isWanted(
  { doc }: Entity,
  wanted: { readonly shared_with_end_customer?: boolean; readonly _tags?: readonly string[] },
): boolean {
  const { shared_with_end_customer: shared, _tags: tags = [] } = wanted;
  const own: readonly unknown[] = Array.isArray(doc['_tags']) ? doc['_tags'] : [];
  return (
    (shared === undefined || (doc['shared_with_end_customer'] === true) === shared) &&
    tags.every((tag) => own.includes(tag))
  );
}
