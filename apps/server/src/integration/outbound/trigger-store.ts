import type { RecurringTask } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { type Database, json, sql, type TenantQueries } from '../../storage/index.ts';

/** The answer of `triggerErp` (contract: `TriggerWebhookResp`). */
export type TriggerOutcome = Readonly<Record<string, unknown>>;

/** Names one execution of one step of an automation. */
export interface TriggerKey {
  readonly execution_id: string;
  readonly flow_action_id: string;
}

/** Hours in which the same step answers the same. */
const REMEMBERED_HOURS = 24;
/** Longer than an attempt with a token exchange can take; then the process that had begun is gone. */
const ABANDONED_SECONDS = 120;

function forgetBefore(now: Date): Date {
  return new Date(now.getTime() - REMEMBERED_HOURS * 3_600_000);
}

/**
 * Claims a step for the caller. True means: carry it out. Otherwise somebody has carried it out within 24 hours, or is doing so; see
 * `triggerOutcome`.
 */
export async function claimTrigger(queries: TenantQueries, key: TriggerKey, now: Date): Promise<boolean> {
  const abandoned = new Date(now.getTime() - ABANDONED_SECONDS * 1000);
  const claimed = await queries.run(sql`
    insert into erp_trigger as known (org_id, execution_id, flow_action_id, started_at)
    values (${queries.org}, ${key.execution_id}, ${key.flow_action_id}, ${now})
    on conflict (org_id, execution_id, flow_action_id) do update set started_at = excluded.started_at, outcome = null
     where known.started_at < ${forgetBefore(now)} or (known.outcome is null and known.started_at < ${abandoned})`);
  return claimed > 0;
}

/** Keeps the outcome of a claimed step. */
export async function keepOutcome(
  queries: TenantQueries,
  key: TriggerKey,
  outcome: TriggerOutcome,
): Promise<void> {
  await queries.run(sql`
    update erp_trigger set outcome = ${json(outcome)}::jsonb
     where org_id = ${queries.org} and execution_id = ${key.execution_id} and flow_action_id = ${key.flow_action_id}`);
}

/** Gives a claim back, because the step could not be carried out at all. */
export async function dropClaim(queries: TenantQueries, key: TriggerKey): Promise<void> {
  await queries.run(sql`
    delete from erp_trigger
     where org_id = ${queries.org} and execution_id = ${key.execution_id} and flow_action_id = ${key.flow_action_id}
       and outcome is null`);
}

/** How a step went; undefined while it is on its way, or when its claim was given back. */
export async function triggerOutcome(
  queries: TenantQueries,
  key: TriggerKey,
): Promise<TriggerOutcome | undefined> {
  const row = await queries.first<{ outcome: TriggerOutcome | null }>(sql`
    select outcome from erp_trigger
     where org_id = ${queries.org} and execution_id = ${key.execution_id} and flow_action_id = ${key.flow_action_id}`);
  return row?.outcome ?? undefined;
}

/** Forgets steps of more than 24 hours ago. */
export function forgetTriggers(database: Database, clock: Clock): RecurringTask {
  return {
    name: 'erp-trigger-retention',
    interval: 3_600,
    async run() {
      await database.system.run(sql`delete from erp_trigger where started_at < ${forgetBefore(clock.now())}`);
    },
  };
}
