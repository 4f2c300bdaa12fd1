import type { Operations } from '../../contract/operation-types.ts';
import { findEntity, schemasOf } from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import { forbidden, notFound } from '../../refusal.ts';
import { editRulesOf } from './edit-rules/edit-rule.ts';
import { firstFailedRule } from './edit-rules/judge-edit.ts';
import { storedFacts } from './edit-rules/stored-facts.ts';
import type { PortalEntitiesPlatform } from './platform.ts';

/** `validateCadenceEntityEditRules`: would an edit of the portal be blocked now, whatever the value (spec/portal.md §5.7). */
export function ruleOperations(platform: PortalEntitiesPlatform): Operations<'customer-portal'> {
  return {
    async validateCadenceEntityEditRules(call) {
      const { slug, id, attribute } = call.parameters;
      const isUser = call.principal.kind === 'portal_user';
      const access = isUser ? await platform.accessOf(call) : undefined;
      const entity = access ? await access.load(slug, id) : await staffEntity(platform, call, slug, id);
      const portal = access ? access.portal : await platform.oldestPortal(call.tenant);
      const schema = (await schemasOf(call.tenant)).get(slug);
      const asked = attribute === undefined ? undefined : schema.owningAttribute(attribute);
      const rules = editRulesOf(portal?.config['entity_edit_rules'], schema).filter(
        (rule) => asked === undefined || rule.attribute === asked,
      );
      const edits = rules.map((rule) => ({ attribute: rule.attribute, values: undefined }));
      const facts = storedFacts(call.tenant, entity, schema, access, platform.clock.now());
      const failed = await firstFailedRule(rules, edits, facts);
      return failed
        ? { isBlockedByRules: true, failedRule: failed.rule.configured }
        : { isBlockedByRules: false };
    },
  };
}

/** Staff look at the rules of their oldest portal; the entity needs the grant to view it. */
async function staffEntity(
  { rightsOf }: PortalEntitiesPlatform,
  call: Pick<Call, 'principal' | 'tenant'>,
  slug: string,
  id: string,
) {
  const rights = await rightsOf(call.principal);
  if (!rights.allows('entity:view', `${slug}:${id}`)) throw forbidden('Not permitted: entity:view');
  const entity = await findEntity(call.tenant, id, slug);
  if (!entity) throw notFound('The entity', 'ENTITY_NOT_FOUND');
  return entity;
}
