import type { FastifyBaseLogger } from 'fastify';
import type { Principal } from '../identity/principal.ts';
import type { Tenant } from '../storage/index.ts';

/** One validated, authenticated request on its way to a handler. */
export interface Call<Parameters = Record<string, unknown>, Body = unknown> {
  /** Who calls. For public operations without a token: `{ kind: 'anonymous' }`. */
  readonly principal: Principal;
  /**
   * The database, scoped to the organisation the call acts in. Public operations that find their organisation through a parameter (a
   * portal's domain, an integration id) have none until they looked it up: reading it then refuses the call with 400.
   */
  readonly tenant: Tenant;
  /** Path, query and header parameters by their contract name, validated, with defaults. */
  readonly parameters: Parameters;
  /** The JSON body, validated, with defaults; undefined where the operation has none. */
  readonly body: Body;
  /** Path and query as sent, for what the contract does not name. */
  readonly url: string;
  /** Request headers, lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly requestId: string;
  readonly ip: string;
  readonly log: FastifyBaseLogger;
}

/** An answer with a status or headers of its own. */
export class Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Answers with a status other than the operation's first documented 2xx, or with headers. A `Readable` or `Buffer` body is sent as it is. */
export function reply(status: number, body?: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return new Reply(status, body, headers);
}

/** An answer whose JSON has been written already. */
export class WrittenJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
