import type { Logger } from 'pino';
import { asObject, type JsonObject } from '../../../contract/json-object.ts';
import { countAttempt, SURFACE_LIMITS } from '../../../identity/index.ts';
import type { Clock, Egress, EgressRoute, SecretBox } from '../../../ports/index.ts';
import { Refusal } from '../../../refusal.ts';
import {
  AuthCache,
  askThirdParty,
  renderText,
  renderValue,
  type ThirdPartyAnswer,
  upstreamRefusal,
  type Variables,
  valueAt,
} from '../../../third-party/index.ts';
import type { Extension, Hook } from '../extensions/extension.ts';
import type { FindSecureRoute } from '../hooks-platform.ts';
import { type HookSituation, hookVariables } from './hook-context.ts';

/** What a hook has brought: the answer, and the variables its `resolved` templates may use. */
export interface HookAnswer {
  readonly data: unknown;
  readonly variables: Variables;
}

interface RunOptions {
  /** What the hook sends unless it says otherwise. */
  readonly method: 'GET' | 'POST';
  /** Whether a hook of this type cannot say otherwise. */
  readonly methodIsFixed?: boolean;
  /** The body of a hook that configures none. */
  readonly body?: JsonObject;
  /** Checks of people may be told to slow down: 429 of the third party is 429 here (portal §9.5). */
  readonly passesTooMany?: boolean;
}

interface Authenticated {
  readonly variables: Variables;
  /** Forgets a kept answer; missing when none was kept. */
  readonly renew?: () => void;
}

interface HookEngineParts {
  readonly egress: Egress;
  readonly secureRoute: FindSecureRoute;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  /** For the call, in milliseconds; signing in has half of it, both together a quarter more (portal §9.5: 20, 10 and 25 s). */
  readonly timeoutMs: number;
  readonly log: Pick<Logger, 'info'>;
}

/** Runs the hooks of extensions (portal §9.2): variables, authentication, the call, and what its failures mean. */
export class HookEngine {
  readonly #egress: Egress;
  readonly #secureRoute: FindSecureRoute;
  readonly #secrets: SecretBox;
  readonly #cache: AuthCache;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #log: Pick<Logger, 'info'>;

  constructor({ egress, secureRoute, secrets, clock, timeoutMs, log }: HookEngineParts) {
    this.#egress = egress;
    this.#secureRoute = secureRoute;
    this.#secrets = secrets;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#log = log;
    this.#cache = new AuthCache(clock);
  }

  /**
   * Runs a hook; undefined when the third party answers 404. Each run is one line in the log: which hook, how long, how it ended.
   * @throws Refusal 500 with the reason `UPSTREAM_ERROR`, `UPSTREAM_TIMEOUT` (portal §9.5), and 429 for checks of people, and for portal users
   *   who run more than 60 hooks in a minute (portal §1.7)
   */
  async run(hook: Hook, situation: HookSituation, options: RunOptions): Promise<HookAnswer | undefined> {
    await this.#countRun(situation);
    const started = performance.now();
    const note = (outcome: string) => {
      const { extension, id, definition } = hook;
      const { tenant, portalId } = situation;
      const durationMs = Math.round(performance.now() - started);
      const which = { app: extension.appId, extension: extension.id, hook: id, type: definition['type'] };
      this.#log.info({ org: tenant.org, portalId, ...which, outcome, durationMs }, 'hook');
    };
    try {
      const answer = await this.#run(hook, situation, options);
      note(answer ? 'answered' : 'not found');
      return answer;
    } catch (error) {
      note(error instanceof Refusal ? error.code : 'failed');
      throw error;
    }
  }

  async #run(hook: Hook, situation: HookSituation, options: RunOptions): Promise<HookAnswer | undefined> {
    const { extension, definition } = hook;
    const started = performance.now();
    const call: JsonObject = {
      ...(options.body ? { body: options.body } : {}),
      ...asObject(definition['call']),
    };
    const { method: _own, ...withoutMethod } = call;
    const variables = await hookVariables(this.#secrets, extension, definition, situation);
    const route = await this.#routeOf(situation, definition['secure_proxy']);
    const attempt = async () => {
      const authenticated = await this.#authenticate(hook, route, situation, variables);
      const left = this.#timeoutMs * 1.25 - (performance.now() - started);
      if (left <= 0) throw upstreamRefusal('UPSTREAM_TIMEOUT');
      const answer = await askThirdParty(
        this.#egress,
        options.methodIsFixed ? withoutMethod : call,
        authenticated.variables,
        {
          method: options.method,
          timeoutMs: Math.min(this.#timeoutMs, left),
          route,
        },
      );
      return { ...authenticated, answer };
    };
    let outcome = await attempt();
    if (outcome.answer.status === 401 && outcome.renew) {
      outcome.renew();
      outcome = await attempt();
    }
    const { answer } = outcome;
    if (answer.status === 404) return undefined;
    if (!isSuccess(answer)) throw failure(answer, asObject(definition['resolved']), options);
    return { data: answer.data, variables: { ...outcome.variables, CallResponse: answer } };
  }

  async #countRun({ tenant, portalId, portalUserId }: HookSituation): Promise<void> {
    if (portalUserId === undefined) return;
    await countAttempt(tenant, SURFACE_LIMITS.hookReads, `${portalId} ${portalUserId}`, this.#clock.now());
  }

  /** The variables for a link of an extension, with `AuthResponse` where it authenticates first (portal §9.6). */
  async prepare(extension: Extension, link: JsonObject, situation: HookSituation): Promise<LinkStage> {
    const variables = await hookVariables(this.#secrets, extension, link, situation);
    return {
      variables,
      authenticate: async () => {
        if (link['auth'] !== undefined) await this.#countRun(situation);
        const from = { extension, definition: link };
        return (await this.#authenticate(from, {}, situation, variables)).variables;
      },
    };
  }

  /** The way of a hook's requests. A proxy that cannot be used is the app's or the utility's fault: customers learn no more than of others. */
  async #routeOf({ tenant }: HookSituation, proxy: unknown): Promise<EgressRoute> {
    if (proxy === undefined) return {};
    const { integration_id: integrationId, use_case_slug: slug } = asObject(proxy);
    try {
      return await this.#secureRoute(tenant, {
        integrationId: String(integrationId),
        useCase: { slug: String(slug) },
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#log.info(
        { org: tenant.org, integrationId, secureProxy: slug, outcome: error.code },
        'hook route',
      );
      throw upstreamRefusal('UPSTREAM_ERROR');
    }
  }

  async #authenticate(
    { extension, definition }: Pick<Hook, 'extension' | 'definition'>,
    route: EgressRoute,
    { tenant, portalId }: HookSituation,
    variables: Variables,
  ): Promise<Authenticated> {
    if (definition['auth'] === undefined) return { variables };
    const block = asObject(definition['auth']);
    const limits = { method: 'GET', timeoutMs: this.#timeoutMs / 2, route } as const;
    const ask = () => askThirdParty(this.#egress, block, variables, limits);
    const cache = block['cache'] === undefined ? undefined : asObject(block['cache']);
    const key = JSON.stringify([
      ...[tenant.org, portalId, extension.appId, extension.id],
      renderText(String(cache?.['key']), variables),
    ]);
    const ttlOf = (answer: ThirdPartyAnswer) =>
      Number(renderText(String(cache?.['ttl']), { ...variables, AuthResponse: answer })) || 0;
    const answer = cache ? await this.#cache.get(key, ask, ttlOf) : await ask();
    if (!isSuccess(answer)) throw upstreamRefusal('UPSTREAM_ERROR');
    return {
      variables: { ...variables, AuthResponse: answer },
      ...(cache ? { renew: () => this.#cache.drop(key) } : {}),
    };
  }
}

/** A link before its third party was asked; conditions are judged first. */
interface LinkStage {
  readonly variables: Variables;
  authenticate(): Promise<Variables>;
}

/** What `resolved` (or the older `call.result`) of a hook makes of its answer; undefined when the hook does not say. */
export function resolvedMember(hook: Hook, name: string, variables: Variables): unknown {
  const template = asObject(hook.definition['resolved'])[name];
  return template === undefined || template === '' ? undefined : renderValue(template, variables);
}

/** The part of an answer at `resolved.data_path`; the whole when the hook names none. */
export function dataOf(hook: Hook, { data }: HookAnswer): unknown {
  const { data_path: path, dataPath: older } = asObject(hook.definition['resolved']);
  const wanted = path ?? older;
  return typeof wanted === 'string' && wanted !== '' ? valueAt(data, wanted) : data;
}

function isSuccess({ status }: ThirdPartyAnswer): boolean {
  return status >= 200 && status < 300;
}

function failure(answer: ThirdPartyAnswer, resolved: JsonObject, options: RunOptions): Refusal {
  const path = resolved['error_message_path'];
  const found = typeof path === 'string' ? valueAt(answer.data, path) : undefined;
  const message = typeof found === 'string' ? plainText(found) : undefined;
  if (answer.status === 429 && options.passesTooMany) {
    return new Refusal(429, 'TOO_MANY_REQUESTS', message ?? 'Too many requests', { retryAfter: 60 });
  }
  return upstreamRefusal('UPSTREAM_ERROR', message);
}

/** What a third party says to customers: text without tags, 500 characters at the most. */
function plainText(text: string): string {
  return text
    .replace(/<[^>]*>/g, '')
    .trim()
    .slice(0, 500);
}
