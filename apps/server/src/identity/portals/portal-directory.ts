/** A portal, as far as signing in and finding it need one. */
export interface PortalRecord {
  readonly org: string;
  readonly portalId: string;
  /** `END_CUSTOMER_PORTAL`, `INSTALLER_PORTAL` and so on. */
  readonly origin: string;
  readonly enabled: boolean;
  /** Host names that lead to it, lower case. */
  readonly domains: readonly string[];
  /** The stored configuration; read it with `readSignInSettings`. */
  readonly config: unknown;
}

/** A portal user, as far as signing in and the checks of portal §1.3 need one. Soft-deleted users are not found. */
export interface PortalUserRecord {
  readonly id: string;
  readonly portalId: string;
  /** Sign-in address, lower case. */
  readonly email: string;
  readonly registrationStatus: string;
  /** False only when access was taken away. */
  readonly accessStatus: boolean;
  /** Last day of access, `YYYY-MM-DD`, inclusive. */
  readonly expiresAt: string | undefined;
  /** `mapping_status` is `Mapped`, and the contact exists. */
  readonly isMapped: boolean;
  readonly contactId: string | undefined;
  /** Further contacts the user acts for. */
  readonly represents: readonly string[];
  /** Language of mails to the user; the portal's when undefined. */
  readonly language: string | undefined;
}

/** Where a portal is and which of its configurations counts, as a statement has just read it. */
export interface PortalPointer {
  readonly portalId: string;
  readonly revision: number;
  /** False when the whole organisation is switched off. */
  readonly isOrganisationActive: boolean;
}

/** How identity reads portals and their users. The portal domain owns both and may bring its own implementation. */
export interface PortalDirectory {
  /** A portal by its id, which is unique in the installation. */
  portal(portalId: string): Promise<PortalRecord | undefined>;
  /** The same portal without asking again where the copy in memory is of the pointer's revision. */
  portalAt(pointer: PortalPointer): Promise<PortalRecord | undefined>;
  /** The portal a host name leads to. */
  portalByDomain(domain: string): Promise<PortalRecord | undefined>;
  /** The oldest portal of an origin in an organisation. */
  portalByOrigin(org: string, origin: string): Promise<PortalRecord | undefined>;
  portalUser(org: string, portalUserId: string): Promise<PortalUserRecord | undefined>;
  /** A portal's user by sign-in address (lower case). */
  portalUserByEmail(org: string, portalId: string, email: string): Promise<PortalUserRecord | undefined>;
}
