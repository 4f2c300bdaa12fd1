const MASK = '***';
/** Shorter values would blot out half the text and hide nothing. */
const SHORTEST = 4;

/** The secrets that one request has used; masks them wherever its traces are kept (erp-integration.md 11.3). */
export class Masking {
  readonly #secrets = new Set<string>();

  /** Hides a value, also in the forms that URLs and basic credentials give it. */
  hide(secret: string): void {
    if (secret.length < SHORTEST) return;
    this.#secrets.add(secret);
    this.#secrets.add(encodeURIComponent(secret));
    this.#secrets.add(new URLSearchParams({ s: secret }).toString().slice(2));
    this.#secrets.add(JSON.stringify(secret).slice(1, -1));
  }

  /** The text with every hidden value replaced. */
  mask(text: string): string {
    let masked = text;
    // Longest first: a secret may contain another.
    for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length))
      masked = masked.replaceAll(secret, MASK);
    return masked;
  }
}
