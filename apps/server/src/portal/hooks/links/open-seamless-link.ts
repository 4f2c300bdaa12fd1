import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { forbidden, notFound, Refusal } from '../../../refusal.ts';
import {
  renderText,
  renderUrl,
  renderValue,
  upstreamRefusal,
  type Variables,
} from '../../../third-party/index.ts';
import type { SeamlessLinks } from '../../pages/index.ts';
import type { HookSituation } from '../engine/hook-context.ts';
import type { HookEngine } from '../engine/hook-engine.ts';
import { type ExtensionQuestion, type HookedPortal, requireExtension } from '../extensions/choose-hook.ts';
import { objectsOf } from '../extensions/extension.ts';

/** Which link is meant, and at which portal. */
interface LinkQuestion extends ExtensionQuestion {
  readonly linkId: string;
  readonly portal: HookedPortal;
}

/**
 * Signs the customer in at the third party of a link, and answers where the link leads (portal §9.6).
 * @throws Refusal 404 for unknown links, 403 when the condition does not hold, 429, 500 with the reasons of portal §9.5
 */
export async function openSeamlessLink(
  engine: HookEngine,
  question: LinkQuestion,
  situation: HookSituation,
): Promise<string> {
  const { link, stage } = await prepared(engine, question, situation);
  if (!holds(link, stage.variables)) throw forbidden('Not permitted: this link');
  return addressOf(asObject(link['redirect']), await stage.authenticate());
}

/** The links of extensions for those who list links. */
export function seamlessLinks(engine: HookEngine): SeamlessLinks {
  return {
    async isShown(named, { portal, ...reader }) {
      try {
        const question = { ...named, appId: undefined, portal };
        const { link, stage } = await prepared(engine, question, { ...reader, portalId: portal.portalId });
        return holds(link, stage.variables);
      } catch (error) {
        // A link that cannot be judged is not shown; the others are.
        if (error instanceof Refusal) return false;
        throw error;
      }
    },
    open: (named, { portal, ...reader }) =>
      openSeamlessLink(
        engine,
        { ...named, appId: undefined, portal },
        { ...reader, portalId: portal.portalId },
      ),
  };
}

async function prepared(engine: HookEngine, question: LinkQuestion, situation: HookSituation) {
  const extension = await requireExtension(situation.tenant, question.portal, question);
  const link = objectsOf(extension.definition['links']).find(({ id }) => id === question.linkId);
  if (!link) throw notFound('The link', 'LINK_NOT_FOUND');
  return { link, stage: await engine.prepare(extension, link, situation) };
}

function holds({ condition }: JsonObject, variables: Variables): boolean {
  return typeof condition !== 'string' || !isFalsy(renderValue(condition, variables));
}

/** What a condition yields when it does not hold, as a value or written out. */
function isFalsy(value: unknown): boolean {
  return !value || (typeof value === 'string' && ['', 'false', '0', 'null'].includes(value.trim()));
}

function addressOf(redirect: JsonObject, variables: Variables): string {
  const written = renderUrl(String(redirect['url']), variables);
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url?.protocol !== 'https:') throw upstreamRefusal('UPSTREAM_INVALID_RESPONSE');
  for (const [name, value] of Object.entries(asObject(redirect['params']))) {
    url.searchParams.append(name, renderText(String(value), variables));
  }
  return url.href;
}
