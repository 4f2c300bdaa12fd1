/**
 * Names under which an action may be granted besides its own (erp-integration §2.1). `integration:ingest` (taking in events) and
 * `integration:monitor` (events, monitoring, access logs) are names of ours for checks whose grant has an alias of its own.
 */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  'integration:view': ['erp:read'],
  'integration:manage': ['erp:write'],
  'integration:ingest': ['integration:manage', 'erp:write', 'erp:events'],
  'integration:monitor': ['integration:view', 'erp:read', 'erp:monitoring'],
};

/** Every name that grants (or denies) an action, its own first. */
export function namesOfAction(action: string): readonly string[] {
  return [action, ...(ALIASES[action] ?? [])];
}
