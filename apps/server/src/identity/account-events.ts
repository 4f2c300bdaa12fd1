import type { TenantTransaction } from '../storage/index.ts';

/** A portal user whose account something happened to. */
export interface AccountEvent {
  readonly portalId: string;
  readonly portalUserId: string;
  readonly at: Date;
}

/**
 * Told inside the transaction that makes it true, so that entity, activity and events commit with it (portal §1.5, §11.2). The portal
 * domain implements it; identity itself never writes entities.
 */
export interface AccountEvents {
  /** Interactive sign-in: `first_login`, `last_login` and the access event. */
  signedIn(tx: TenantTransaction, event: AccountEvent): Promise<void>;
  passwordChanged(
    tx: TenantTransaction,
    event: AccountEvent & { readonly by: 'user' | 'mail' },
  ): Promise<void>;
  /** The proven new address is the sign-in address now: `email` and `registration_status` of the entity follow. */
  emailChanged(tx: TenantTransaction, event: AccountEvent & { readonly email: string }): Promise<void>;
}

/** For tests and installations without the portal domain. */
export const silentAccountEvents: AccountEvents = {
  signedIn: async () => undefined,
  passwordChanged: async () => undefined,
  emailChanged: async () => undefined,
};
