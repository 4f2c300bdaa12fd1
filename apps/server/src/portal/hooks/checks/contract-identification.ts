import { isEntityId } from '../../../entities/index.ts';
import type { ContractHook, HookedAssignment } from '../../entities/index.ts';
import type { HookEngine } from '../engine/hook-engine.ts';
import { findChosenHook, isHookChosen } from '../extensions/choose-hook.ts';
import type { Hook } from '../extensions/extension.ts';
import { identifiedIds, identifiersBody } from './identified-ids.ts';

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
        body: identifiersBody(identifiers),
        passesTooMany: true,
      });
      return answer && assignmentOf(hook, identifiedIds(hook, answer).filter(isEntityId));
    },
  };
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
