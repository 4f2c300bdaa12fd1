import type { Call } from '../../http/call.ts';
import { type Principal, writeAudit } from '../../identity/index.ts';
import type { TenantQueries } from '../../storage/index.ts';

type ConfigAction =
  | 'portal.create'
  | 'portal.update'
  | 'portal.delete'
  | 'portal.swap'
  | 'portal.email_templates'
  | 'portal.widgets'
  | 'portal.pages'
  | 'portal.files';

/** Notes in the organisation's audit log that an administrator changed a portal (identity §8). */
export async function noteWrite(
  queries: TenantQueries,
  call: Pick<Call<unknown>, 'principal' | 'requestId' | 'ip'>,
  now: Date,
  action: ConfigAction,
  portalId: string,
): Promise<void> {
  await writeAudit(queries, now, {
    actor: actorOf(call.principal),
    action,
    resource: `portal:${portalId}`,
    result: 'success',
    requestId: call.requestId,
    ip: call.ip,
  });
}

/** How a caller is named in records: `<kind>:<id>`. */
export function actorOf(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return `user:${principal.userId}`;
    case 'api_client':
    case 'app':
      return `${principal.kind}:${principal.tokenId}`;
    default:
      return principal.kind;
  }
}
