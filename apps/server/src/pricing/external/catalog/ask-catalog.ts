import { createHash } from 'node:crypto';
import { type Document, isDocument } from '../../../entities/index.ts';
import { forbidden, Refusal } from '../../../refusal.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import {
  AuthCache,
  askThirdParty,
  configuredVariables,
  renderValue,
  type ThirdPartyAnswer,
  type Variables,
} from '../../../third-party/index.ts';
import type { PricingPlatform } from '../../platform.ts';
import { partnerFailed } from '../partner.ts';
import { type CatalogComponent, type CatalogHook, type CatalogQuestion, hookFor } from './component.ts';
import { findComponent } from './component-store.ts';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 2 * 1024 * 1024;
/** Seconds that an answer of an auth call is kept when it does not say. */
const AUTH_SECONDS = 300;
/** A hook without a body of its own sends the context as it is. */
const WHOLE_CONTEXT = '{{Context}}';

/** Which catalog is asked (contract schema `ExternalCatalogConfigurationRequest`), and what about. */
export interface CatalogRequest {
  readonly config: {
    readonly appId: string;
    readonly componentId: string;
    readonly hookId?: string | undefined;
  };
  readonly context: unknown;
}

/** Asks the external catalogs of installed apps (spec/pricing.md B20). */
export class ExternalCatalogs {
  readonly #platform: Pick<PricingPlatform, 'egress' | 'secrets'>;
  readonly #answers: AuthCache;

  constructor(platform: Pick<PricingPlatform, 'egress' | 'secrets' | 'clock'>) {
    this.#platform = platform;
    this.#answers = new AuthCache(platform.clock);
  }

  /**
   * Runs the hook for a question: variables, the auth call if there is one, and the call.
   * @returns what the catalog answered, as JSON
   * @throws Refusal 403 without a component that has such a hook; 502 `PARTNER_FAILED` when a call cannot be made, fails or is late
   */
  async ask(queries: TenantQueries, question: CatalogQuestion, request: CatalogRequest): Promise<unknown> {
    const { appId, componentId, hookId } = request.config;
    const { secrets } = this.#platform;
    const component = await findComponent(queries, secrets, appId, componentId);
    const hook = component && hookFor(component, question, hookId);
    if (!hook) throw forbidden('No valid configuration found for this external catalog');
    try {
      return await this.#run(queries, component, hook, request.context);
    } catch (error) {
      // Whatever is wrong with templates, variables or addresses of an app is its partner's failure here.
      if (!(error instanceof Refusal) || error.status < 500) throw error;
      throw partnerFailed('The external catalog could not be asked');
    }
  }

  async #run(
    queries: TenantQueries,
    component: CatalogComponent,
    hook: CatalogHook,
    context: unknown,
  ): Promise<unknown> {
    const { egress, secrets } = this.#platform;
    const configured = await configuredVariables(queries, secrets, hook, component.options);
    const variables = { ...configured, Context: context };
    const limits = { method: 'GET', timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES } as const;
    const signedIn = await this.#signIn(queries.org, component, hook, variables);
    const call = { body: WHOLE_CONTEXT, ...requestOf(hook['call']) };
    const answer = await askThirdParty(egress, call, signedIn.variables, limits);
    if (answer.status === 401) signedIn.forget();
    if (!isSuccess(answer)) throw partnerFailed(`The external catalog answered ${answer.status}`);
    return answer.data;
  }

  /** The variables with `AuthResponse`. An answer is kept for requests that are the same to the last letter. */
  async #signIn(
    org: string,
    component: CatalogComponent,
    hook: CatalogHook,
    variables: Variables,
  ): Promise<{ variables: Variables; forget: () => void }> {
    if (hook['auth'] === undefined) return { variables, forget: () => undefined };
    const auth = requestOf(hook['auth']);
    const rendered = JSON.stringify(renderValue(auth, variables));
    const place = [org, component.appId, component.id, hook['id'], component.installedAt];
    const key = createHash('sha256')
      .update(JSON.stringify([place, rendered]))
      .digest('base64url');
    const limits = { method: 'GET', timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES } as const;
    const ask = () => askThirdParty(this.#platform.egress, auth, variables, limits);
    const answer = await this.#answers.get(key, ask, lifeOf);
    if (!isSuccess(answer)) throw partnerFailed('The external catalog did not let us in');
    const members = isDocument(answer.data) ? answer.data : {};
    // Templates name members of the answer itself, as catalogs do, or below `data`, as portal extensions do.
    return {
      variables: { ...variables, AuthResponse: { ...answer, ...members } },
      forget: () => this.#answers.drop(key),
    };
  }
}

function requestOf(request: unknown): Document {
  return isDocument(request) ? request : {};
}

function lifeOf({ data }: ThirdPartyAnswer): number {
  const seconds = isDocument(data) ? Number(data['expires_in'] ?? AUTH_SECONDS) : AUTH_SECONDS;
  return Number.isFinite(seconds) ? seconds : AUTH_SECONDS;
}

function isSuccess({ status }: ThirdPartyAnswer): boolean {
  return status >= 200 && status < 300;
}
