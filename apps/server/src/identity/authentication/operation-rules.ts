import type { Operation } from '../../contract/openapi-document.ts';

/** Which kinds of tokens an operation takes (identity §3.4 step 5, portal §1.1). */
export interface TokenRules {
  readonly staff: boolean;
  readonly portal: boolean;
  readonly publishable: boolean;
  /** It may also be called without a token. */
  readonly anonymous: boolean;
  /** The bearer is somebody else's token, which the handler verifies. */
  readonly external: boolean;
}

/** Reads the rules from an operation's security schemes. */
export function tokenRules(operation: Operation): TokenRules {
  if (operation.operationId === 'acknowledgeTracking') {
    // Its text says "public authentication": any valid token of the organisation will do (identity §5).
    return { staff: true, portal: true, publishable: true, anonymous: false, external: false };
  }
  if (operation.operationId === 'uploadFileV2') {
    // Whoever may save a file somewhere has to get it onto the server first (portal §6.2).
    return { staff: true, portal: true, publishable: true, anonymous: false, external: false };
  }
  const schemes = new Set(operation.security);
  const either = schemes.has('EitherAuth');
  const publishable = schemes.has('EpilotPublicAuth');
  return {
    // A staff token identifies the organisation as well as a publishable one does.
    staff:
      STAFF_SCHEMES.some((scheme) => schemes.has(scheme)) ||
      either ||
      publishable ||
      STAFF_TOO.has(operation.operationId),
    portal: schemes.has('PortalAuth') || either,
    publishable,
    anonymous: operation.anonymous,
    external: schemes.has('ExternalOIDCAuth'),
  };
}

/** Contracts give the same token different names. */
const STAFF_SCHEMES = ['EpilotAuth', 'BearerAuth'] as const;

/** Published for portal users only, but an operator needs them as well (entities.md §12). */
const STAFF_TOO: ReadonlySet<string> = new Set(['getMeterCounters', 'getMetersByContractId']);

/** What a user without a contact may still call (portal §1.3 step 6). */
const OPEN_TO_PENDING: ReadonlySet<string> = new Set([
  'validateToken',
  'revokeToken',
  'getPortalUser',
  'deletePortalUser',
  'getPortalConfig',
  'getPortalConfigV3',
]);

/** Whether a portal user who is not mapped to a contact may call an operation. */
export function isOpenToPending(operation: Operation): boolean {
  return OPEN_TO_PENDING.has(operation.operationId);
}

/** Operations that only read although they are no GET. */
const READING_POSTS: ReadonlySet<string> = new Set([
  'validateToken',
  'prepareVisualizationExport',
  'getSearchResultsForOpportunities',
  'getContractWithTemplates',
  'getPortalUserEntity',
  'searchPortalUserEntities',
  'getEntityPortalWorkflowsBatch',
  'getMeterReadings',
  'interpolatePortalPages',
]);

/** Whether an operation leaves everything as it is, so that previews may call it. */
export function isReading(operation: { readonly method: string; readonly operationId: string }): boolean {
  return operation.method === 'GET' || READING_POSTS.has(operation.operationId);
}
