/** What a secret belongs to. A sealed text opens only in the context it was sealed in. */
export interface SecretContext {
  /** Organisation id. Secrets of the deployment itself use a name of their own that is no organisation id. */
  readonly org: string;
  /** What the secret is for, for example `webhook.signing` or `environment.erp_password`. */
  readonly purpose: string;
}

/** Encrypts small texts at rest (identity.md 1.5: AES-256-GCM under a deployment master key, key id stored). */
export interface SecretBox {
  /** Encrypts a text under the newest master key. Sealing twice gives two different texts. */
  seal(plaintext: string, context: SecretContext): string;
  /**
   * Decrypts what {@link SecretBox.seal} returned, under whichever known master key sealed it.
   * @throws SecretError `UNKNOWN_KEY`, `MALFORMED` or `TAMPERED` (altered text, or another context)
   */
  open(sealed: string, context: SecretContext): string;
  /** True when the text was sealed under an older master key and should be sealed again. */
  isStale(sealed: string): boolean;
  /**
   * Keys of 32 bytes for signing what leaves the server and comes back: one from every known master key, newest first (HKDF-SHA-256, RFC
   * 5869). Each context has keys of its own. Sign with the first, accept all, so that a new master key does not void what is under way.
   */
  signingKeys(context: SecretContext): readonly Uint8Array[];
}
