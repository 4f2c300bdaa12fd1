import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import type { Operations } from '../../../contract/operation-types.ts';
import type { Call } from '../../../http/call.ts';
import { invalid, notFound } from '../../../refusal.ts';
import { upstreamRefusal } from '../../../third-party/index.ts';
import { loadContext } from '../../access/index.ts';
import { chartMetadata, exportCsv, OWN_EXTENSION } from '../../own-data/index.ts';
import { dataOf, type HookEngine } from '../engine/hook-engine.ts';
import { requireHook } from '../extensions/choose-hook.ts';
import type { HookType } from '../extensions/extension.ts';
import type { HooksPlatform } from '../hooks-platform.ts';

interface ChartQuestion {
  readonly appId: string;
  readonly extensionId: string;
  readonly hookId?: string | undefined;
  readonly context: Parameters<typeof loadContext>[1];
  readonly scope?: JsonObject;
}

/** What an export without bounds covers. */
const YEAR = 365 * 86_400_000;
const INTERVALS: ReadonlySet<unknown> = new Set(['PT15M', 'PT1H', 'P1D', 'P1M', 'P1Y', 'custom']);

/** What charts need besides their data: how to draw them, and files to download, both from third parties (portal §9.4). */
export function visualizationOperations(
  { accessOf, own, files, clock }: Pick<HooksPlatform, 'accessOf' | 'own' | 'files' | 'clock'>,
  engine: HookEngine,
): Operations<'customer-portal'> {
  /** The own extension's context; undefined when an app is asked. */
  const ownContext = async (call: Call<unknown>, type: HookType, question: ChartQuestion) => {
    if (question.extensionId !== OWN_EXTENSION) return undefined;
    const access = await accessOf(call);
    await requireHook(call.tenant, access.portal, type, { ...question, hookId: question.hookId });
    return { queries: call.tenant, access, context: await loadContext(access, question.context) };
  };

  const objectFrom = async (call: Call<unknown>, type: HookType, question: ChartQuestion) => {
    const access = await accessOf(call);
    const { appId, extensionId, hookId, context, scope } = question;
    const hook = await requireHook(call.tenant, access.portal, type, { appId, extensionId, hookId });
    const situation = {
      tenant: call.tenant,
      portalId: access.portal.portalId,
      portalUserId: access.user.portalUserId,
      contactId: access.user.contactId,
      entities: await loadContext(access, context),
      inputs: scope ? { Scope: scope } : {},
    };
    const answer = await engine.run(hook, situation, { method: 'GET' });
    if (!answer) throw notFound('The data', 'UPSTREAM_NOT_FOUND');
    const data = dataOf(hook, answer);
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      throw upstreamRefusal('UPSTREAM_INVALID_RESPONSE');
    }
    return asObject(data);
  };

  return {
    async getVisualizationMetadata(call) {
      const { app_id: appId, extensionId, context_entities: context } = call.parameters;
      const question = { appId, extensionId, context };
      const asked = await ownContext(call, 'visualizationMetadata', question);
      if (asked) return chartMetadata(asked.queries, asked.access, asked.context, clock.now());
      const found = await objectFrom(call, 'visualizationMetadata', question);
      const { intervals } = found;
      if (intervals === undefined) return found;
      if (!Array.isArray(intervals)) throw upstreamRefusal('UPSTREAM_INVALID_RESPONSE');
      return { ...found, intervals: intervals.filter((interval: unknown) => INTERVALS.has(interval)) };
    },

    async prepareVisualizationExport(call) {
      const { app_id: appId, extension_id: extensionId, hook_id: hookId, from, to } = call.body;
      if (from !== undefined && to !== undefined && !(Date.parse(from) < Date.parse(to))) {
        throw invalid({ path: 'body.to', message: 'must be after from' });
      }
      const scope = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      const context = call.body.context_entities;
      const question = { appId, extensionId, hookId, context, scope };
      const asked = await ownContext(call, 'dataExport', question);
      if (asked) {
        const now = clock.now();
        const span = {
          from: from ?? new Date(now.getTime() - YEAR).toISOString(),
          to: to ?? now.toISOString(),
        };
        return exportCsv(own, files, { ...asked, ...span });
      }
      const found = await objectFrom(call, 'dataExport', question);
      return descriptor(found);
    },
  };
}

/** The documented members of an export; a link that is no web address is refused, because browsers would follow it. */
function descriptor(found: JsonObject): JsonObject & { download_url: string } {
  const { download_url: url, filename, content_type, expires_at } = found;
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw upstreamRefusal('UPSTREAM_INVALID_RESPONSE');
  }
  const texts = Object.entries({ filename, content_type }).filter(([, text]) => typeof text === 'string');
  const expiry = typeof expires_at === 'string' ? new Date(expires_at) : undefined;
  const isExpiry = expiry !== undefined && !Number.isNaN(expiry.getTime());
  return {
    download_url: url,
    ...Object.fromEntries(texts),
    ...(isExpiry ? { expires_at: expiry.toISOString() } : {}),
  };
}
