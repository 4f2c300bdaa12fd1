import { resolveEnvironment } from '../../environments/index.ts';
import {
  type Clock,
  type Egress,
  EgressError,
  type EgressRequest,
  type SecretBox,
} from '../../ports/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { MissingVariableError } from '../../templates/index.ts';
import {
  buildRequest,
  filler,
  fixedCredentials,
  oauthSettings,
  WebhookMisconfigured,
} from './build-request.ts';
import { type AttemptOutcome, type HttpResponse, messageId } from './delivery.ts';
import type { DeliveryToSend } from './delivery-store.ts';
import { Masking } from './masking.ts';
import { OAuthTokens, TokenRefused } from './oauth-tokens.ts';
import { readAnswer } from './read-answer.ts';
import { readRetryAfter } from './retry-schedule.ts';
import { signatureHeaders } from './signature.ts';
import { OpenSecrets } from './signing-keys.ts';

/** Seconds in which a receiver must have answered (erp-integration.md 10.3). */
const TIMEOUT_SECONDS = 30;

export interface SenderOptions {
  readonly egress: Egress;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

/** Makes single attempts at deliveries: builds, signs and sends the request and judges the answer. Writes nothing. */
export class Sender {
  readonly #egress: Egress;
  readonly #secrets: SecretBox;
  readonly #clock: Clock;
  readonly #opened: OpenSecrets;
  readonly #tokens: OAuthTokens;

  constructor({ egress, secrets, clock }: SenderOptions) {
    this.#egress = egress;
    this.#secrets = secrets;
    this.#clock = clock;
    this.#opened = new OpenSecrets(secrets);
    this.#tokens = new OAuthTokens(egress);
  }

  /**
   * Attempts a delivery once. Failures of the receiver or of the webhook's settings are outcomes; only our own are thrown, and so is
   * the reason of `signal` when it calls the attempt off.
   */
  async attempt(item: DeliveryToSend, tenant: TenantQueries, signal?: AbortSignal): Promise<AttemptOutcome> {
    const started = this.#clock.now();
    const masking = new Masking();
    const trace: { url: string | undefined } = { url: undefined };
    try {
      const outcome = await this.#send(item, tenant, masking, trace, signal);
      return finish(outcome, started, this.#clock.now());
    } catch (error) {
      signal?.throwIfAborted();
      const failure = judgeError(error, masking, trace.url);
      if (!failure) throw error;
      return finish(failure, started, this.#clock.now());
    }
  }

  async #send(
    { delivery, webhook, sealedPrivateKey }: DeliveryToSend,
    tenant: TenantQueries,
    masking: Masking,
    trace: { url: string | undefined },
    signal: AbortSignal | undefined,
  ): Promise<AttemptOutcome> {
    if (!webhook || sealedPrivateKey === undefined)
      throw new WebhookMisconfigured('The webhook does not exist any more');
    if (!webhook.enabled) throw new WebhookMisconfigured('The webhook is disabled');
    const body = delivery.payload ?? '';
    const fill = filler((key) => resolveEnvironment(tenant, this.#secrets, key), masking);
    const auth = this.#opened.credentials(delivery.org, webhook.sealedAuth);
    const request = await buildRequest(webhook.definition, body, fill);
    trace.url = masking.mask(request.url);
    const credentials = await fixedCredentials(auth, fill, masking);
    const oauth = await oauthSettings(auth, fill, masking);
    const keys = {
      privateKey: this.#opened.privateKey(delivery.org, sealedPrivateKey),
      secret: this.#opened.signingSecret(delivery.org, webhook.sealedSigningSecret),
    };
    const call = (authorization: Readonly<Record<string, string>>) =>
      this.#call(
        {
          ...request,
          headers: {
            ...request.headers,
            ...credentials,
            ...authorization,
            ...signatureHeaders(
              keys,
              messageId(delivery),
              this.#clock.now(),
              request.body === undefined ? '' : body,
            ),
          },
          ...(signal ? { signal } : {}),
        },
        masking,
      );
    if (!oauth) return call({});
    const tokenKey = JSON.stringify([delivery.org, delivery.webhookId, webhook.version]);
    const authorize = async () => {
      const token = await this.#tokens.get(tokenKey, oauth, this.#clock.now());
      masking.hide(token);
      return { authorization: `Bearer ${token}` };
    };
    const outcome = await call(await authorize());
    if (outcome.response.status_code !== 401) return outcome;
    this.#tokens.forget(tokenKey);
    return call(await authorize());
  }

  async #call(request: EgressRequest, masking: Masking): Promise<AttemptOutcome> {
    const answer = await this.#egress.stream({ ...request, timeoutMs: TIMEOUT_SECONDS * 1000 });
    const response = await readAnswer(answer, masking);
    const { status } = answer;
    const succeeded = status >= 200 && status <= 299;
    return {
      result: succeeded ? 'succeeded' : status === 429 || status >= 500 ? 'retryable' : 'failed',
      retryAfter: readRetryAfter(answer.headers['retry-after'], this.#clock.now()),
      answered: true,
      url: masking.mask(request.url),
      response,
    };
  }
}

function finish(outcome: AttemptOutcome, started: Date, ended: Date): AttemptOutcome {
  const response: HttpResponse = {
    ...outcome.response,
    start_date: started.toISOString(),
    end_date: ended.toISOString(),
  };
  return { ...outcome, response };
}

/** Failures that belong to the webhook or its receiver; undefined for our own. */
function judgeError(error: unknown, masking: Masking, url: string | undefined): AttemptOutcome | undefined {
  const failure = (code: string, message: string, transient: boolean): AttemptOutcome => ({
    result: transient ? 'retryable' : 'failed',
    retryAfter: undefined,
    answered: !transient,
    url,
    response: { code, message: masking.mask(message) },
  });
  if (error instanceof EgressError) return failure(error.code, error.message, error.transient);
  // The contract knows this one by its own name (webhooks, `WebhookEvent.http_response.code`).
  if (error instanceof TokenRefused)
    return failure('OAuthTokenExchangeError', error.message, error.transient);
  if (error instanceof MissingVariableError || error instanceof WebhookMisconfigured)
    return failure(error.code, error.message, false);
  return undefined;
}
