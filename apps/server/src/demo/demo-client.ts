/** Calls the server's own API, as any client would. */
export interface DemoClient {
  /** Sends JSON and answers the JSON body; throws with status and message on anything but a 2xx. */
  send(method: string, path: string, body?: unknown): Promise<DemoAnswer>;
}

/** A JSON answer whose members are looked at one by one. */
export type DemoAnswer = { readonly [member: string]: unknown };

/** A client with an admin token of the demo organisation. */
export function demoClient(url: string, token: string): DemoClient {
  return {
    async send(method, path, body) {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
      return text === '' ? {} : JSON.parse(text);
    },
  };
}
