import type { Egress, EgressRoute, EgressStream } from '../../ports/index.ts';
import type { ArchiveTokens, TokenRequest } from './archive-tokens.ts';
import { lowerCase } from './archive-tokens.ts';
import type { DownloadDeadline } from './download-deadline.ts';
import type { FileProxyAuth, FileProxyStep } from './file-proxy-configuration.ts';
import { exchangeFailure, fileProxyFailure } from './file-proxy-failure.ts';
import type { ProxyContext, TemplateRenderer } from './template-context.ts';

/** Bytes of a file (erp-integration.md 12.6). */
export const MOST_FILE_BYTES = 100 * 1024 * 1024;
/** A JSON answer may carry a file as base64, and something around it. */
const MOST_JSON_BYTES = Math.ceil(MOST_FILE_BYTES / 3) * 4 + 1024 * 1024;

interface SessionOptions {
  readonly egress: Egress;
  /** Where the archive may be. */
  readonly route: EgressRoute;
  readonly tokens: ArchiveTokens;
  readonly renderer: TemplateRenderer;
  readonly deadline: DownloadDeadline;
  readonly useCaseId: string;
  readonly auth: FileProxyAuth | undefined;
}

/** Talks to an archive for one download: gets the token when the first step needs it, and a new one, once, when the archive refuses it. */
export class ArchiveSession {
  readonly #options: SessionOptions;
  #token: string | undefined;
  #renewed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The answer to a step, its body unread. Any status outside 2xx is a failure. @throws Refusal of erp-integration.md 12.6 */
  async ask(step: FileProxyStep, number: number, context: ProxyContext): Promise<EgressStream> {
    const { renderer, auth } = this.#options;
    const what = `Step ${number} of the archive`;
    const url = await renderer.url(step.url, context);
    const headers = lowerCase(await renderer.texts(step.headers, context));
    const body =
      step.method === 'POST' && step.body !== undefined ? await renderer.text(step.body, context) : undefined;
    const send = (token: string | undefined) =>
      this.#send(step, what, { url, headers: withToken(headers, token), body });
    const authorized = auth !== undefined && headers['authorization'] === undefined;
    let answer = await send(authorized ? await this.#tokenFor(auth, context) : undefined);
    if (answer.status === 401 && authorized && !this.#renewed) {
      await giveUp(answer);
      this.#renewed = true;
      this.#options.tokens.forget(this.#options.useCaseId, await this.#tokenRequest(auth, context));
      this.#token = undefined;
      answer = await send(await this.#tokenFor(auth, context));
    }
    if (answer.status >= 200 && answer.status <= 299) return answer;
    await giveUp(answer);
    throw fileProxyFailure('FILE_FETCH_FAILED', `${what} answered ${answer.status}`);
  }

  async #send(
    { method, responseType }: FileProxyStep,
    what: string,
    request: {
      readonly url: string;
      readonly headers: Record<string, string>;
      readonly body: string | undefined;
    },
  ): Promise<EgressStream> {
    const { egress, route, deadline } = this.#options;
    const { body, ...rest } = request;
    try {
      return await egress.stream({
        ...rest,
        ...route,
        method,
        ...(body === undefined ? {} : { body }),
        timeoutMs: deadline.next(),
        maxResponseBytes: responseType === 'json' ? MOST_JSON_BYTES : MOST_FILE_BYTES,
        redirects: 3,
      });
    } catch (error) {
      throw exchangeFailure(error, 'FILE_FETCH_FAILED', what);
    }
  }

  async #tokenFor(auth: FileProxyAuth, context: ProxyContext): Promise<string> {
    const { tokens, useCaseId, deadline } = this.#options;
    this.#token ??= await tokens.get(useCaseId, await this.#tokenRequest(auth, context), deadline);
    return this.#token;
  }

  /** The token request (erp-integration.md 12.5). It comes before the first step, so it sees no results of steps. */
  async #tokenRequest(auth: FileProxyAuth, { params }: ProxyContext): Promise<TokenRequest> {
    const { renderer } = this.#options;
    const context = { params, steps: [] };
    const optional = {
      scope: auth.scope,
      audience: auth.audience,
      resource: auth.resource,
      ...(auth.type === 'oauth2_password' ? { username: auth.username, password: auth.password } : {}),
    };
    const given = Object.entries(optional).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const target = await renderer.url(auth.tokenUrl, context);
    const url = URL.parse(target);
    if (!url) throw fileProxyFailure('OAUTH2_TOKEN_FAILURE', 'The URL of the token endpoint is not absolute');
    for (const [name, value] of Object.entries(await renderer.texts(auth.queryParams, context)))
      url.searchParams.append(name, value);
    return {
      url: url.href,
      route: this.#options.route,
      headers: await renderer.texts(auth.headers, context),
      form: {
        grant_type: auth.type === 'oauth2_password' ? 'password' : 'client_credentials',
        client_id: await renderer.text(auth.clientId, context),
        client_secret: await renderer.text(auth.clientSecret, context),
        ...(await renderer.texts(Object.fromEntries(given), context)),
        ...(await renderer.texts(auth.bodyParams, context)),
      },
    };
  }
}

function withToken(headers: Record<string, string>, token: string | undefined): Record<string, string> {
  return token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };
}

/** Gives an answer up without reading it. */
export async function giveUp({ body }: EgressStream): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}
