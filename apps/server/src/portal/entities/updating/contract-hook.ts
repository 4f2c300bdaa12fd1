import type { Tenant } from '../../../storage/index.ts';
import type { AccessPortal, PortalAccess } from '../../access/index.ts';

/** Schema -> attribute -> value. */
export type ContractIdentifiers = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a `contractIdentification` hook has found, by its `assignment_mode` (spec/portal.md §9.4). Ids that do not exist here are ignored. */
export type HookedAssignment =
  /** The mapped contact becomes a customer of each contract. */
  | { readonly mode: 'contracts'; readonly contractIds: readonly string[] }
  /** The mapped contact becomes a customer of the found contact's contracts; that one is appended to a relation of the mapped one. */
  | {
      readonly mode: 'contact_to_contracts';
      readonly contactId: string;
      readonly relationAttribute: string | undefined;
    }
  /** The portal user represents the found contact from now on. */
  | { readonly mode: 'contact_to_portal_user'; readonly contactId: string };

/** The extension hook that replaces the built-in search for contracts. */
export interface ContractHook {
  /** Whether the portal has chosen a hook of this type. */
  isChosen(portal: AccessPortal): boolean;
  /** Asks the third party; undefined when it knows nothing. Its failures come out as the refusals of spec/portal.md §9.5. */
  identify(
    access: PortalAccess,
    tenant: Tenant,
    identifiers: ContractIdentifiers,
  ): Promise<HookedAssignment | undefined>;
}
