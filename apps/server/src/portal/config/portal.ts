import type { JsonObject } from '../../contract/json-object.ts';

/** A portal: one white-label site of an organisation (portal §0.2). */
export interface Portal {
  readonly org: string;
  readonly portalId: string;
  /** `END_CUSTOMER_PORTAL`, `INSTALLER_PORTAL` and so on; an open list. */
  readonly origin: string;
  /** Whether users may come in. */
  readonly enabled: boolean;
  /** The configuration by its contract names, with the defaults of portal §3.2 filled in and without any secret. */
  readonly config: JsonObject;
  /** Host names that lead to it now, lower case. */
  readonly domains: readonly string[];
  /** Counts saves. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A portal as the store keeps it: only what was set, and sealed secrets beside it. */
export interface StoredPortal extends Portal {
  /** The configuration as it was saved, without defaults. */
  readonly saved: JsonObject;
  /** Sealed texts by name. */
  readonly secrets: { readonly accessToken?: string; readonly extensionOptions?: string };
}
