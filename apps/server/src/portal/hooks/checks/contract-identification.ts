import { asObject } from '../../../contract/json-object.ts';
import { isEntityId } from '../../../entities/index.ts';
import type { ContractHook, HookedAssignment } from '../../entities/index.ts';
import { type HookEngine, resolvedMember } from '../engine/hook-engine.ts';
import { renderValue, type Variables } from '../engine/interpolate.ts';
import { upstreamRefusal } from '../engine/third-party.ts';
import { findChosenHook, isHookChosen } from '../extensions/choose-hook.ts';
import type { Hook } from '../extensions/extension.ts';

/** The `contractIdentification` hooks of portals (portal §9.4). */
export function contractHook(engine: HookEngine): ContractHook {
  return {
    isChosen: (portal) => isHookChosen(portal, 'contractIdentification'),

    async identify(access, tenant, identifiers) {
      const hook = await findChosenHook(tenant, access.portal, 'contractIdentification');
      if (!hook) return undefined;
      const situation = {
        tenant,
        portalId: access.portal.portalId,
        portalUserId: access.user.portalUserId,
        contactId: access.user.contactId,
        inputs: { Identifiers: identifiers },
      };
      const answer = await engine.run(hook, situation, {
        method: 'POST',
        body: bodyOf(identifiers),
        passesTooMany: true,
      });
      return answer && assignmentOf(hook, identifiedIds(hook, answer.data, answer.variables));
    },
  };
}

/** Identifiers are values, not templates: they are inserted, never interpolated. */
function bodyOf(identifiers: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.keys(identifiers).map((schema) => [schema, `{{Identifiers.${schema}}}`]));
}

function identifiedIds(hook: Hook, data: unknown, variables: Variables): string[] {
  const older = asObject(hook.definition['call'])['result'];
  const configured =
    resolvedMember(hook, 'result', variables) ?? (older ? renderValue(older, variables) : undefined);
  const body = asObject(data);
  const found = configured ?? body['contact_id'] ?? body['contactId'] ?? body['id'];
  const listed: unknown[] = Array.isArray(found) ? found : String(found ?? '').split(',');
  const ids = listed.map((id) => String(id).trim()).filter((id) => id !== '');
  if (ids.length === 0) throw upstreamRefusal('UPSTREAM_INVALID_RESPONSE');
  return ids.filter(isEntityId);
}

/** Ids that cannot exist here are ignored, so nothing may be left. */
function assignmentOf({ definition }: Hook, ids: readonly string[]): HookedAssignment | undefined {
  const mode = definition['assignment_mode'];
  if (mode === 'contracts') return { mode, contractIds: ids };
  const [contactId] = ids;
  if (contactId === undefined) return undefined;
  if (mode === 'contact_to_portal_user') return { mode, contactId };
  const attribute = definition['contact_relation_attribute'];
  return {
    mode: 'contact_to_contracts',
    contactId,
    relationAttribute: typeof attribute === 'string' && attribute !== '' ? attribute : undefined,
  };
}
