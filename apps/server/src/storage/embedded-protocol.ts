/** What the server asks the embedded database's worker thread. */
export type EmbeddedRequest =
  | { readonly id: number; readonly kind: 'query'; readonly text: string; readonly values: unknown[] }
  | { readonly id: number; readonly kind: 'close' };

/** What the worker answers: rows as PostgreSQL's text values, parsed by the caller. */
export interface EmbeddedReply {
  readonly id: number;
  readonly fields?: readonly { readonly name: string; readonly typeId: number }[];
  readonly rows?: readonly (readonly (string | null)[])[];
  readonly count?: number;
  readonly error?: {
    readonly message: string;
    readonly sqlState: string;
    readonly constraint: string | undefined;
  };
}

/** What the worker sends on its own, once: it takes requests now. */
export interface EmbeddedReady {
  readonly ready: true;
}
