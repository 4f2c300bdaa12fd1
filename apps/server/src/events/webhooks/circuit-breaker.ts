interface Circuit {
  failures: number;
  /** Milliseconds (UTC) until which nothing is sent. */
  openUntil: number;
  probing: boolean;
}

/** Failures in a row that open a circuit. */
const PATIENCE = 5;
const FIRST_PAUSE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 600;

/**
 * Keeps a dead receiver from occupying the senders: after five attempts in a row without any answer its deliveries wait, for 30 seconds and
 * then longer up to ten minutes; after each pause one of them is sent as a probe. An HTTP answer, whatever its status, closes the circuit.
 * Kept per process: every process finds out for itself.
 */
export class CircuitBreaker {
  readonly #circuits = new Map<string, Circuit>();

  /** Zero when the receiver may be tried now, otherwise the seconds to wait. Whoever gets zero must report the outcome. */
  admit(receiver: string, now: Date): number {
    const circuit = this.#circuits.get(receiver);
    if (!circuit || circuit.failures < PATIENCE) return 0;
    const wait = (circuit.openUntil - now.getTime()) / 1000;
    if (wait > 0) return Math.ceil(wait);
    if (circuit.probing) return FIRST_PAUSE_SECONDS;
    circuit.probing = true;
    return 0;
  }

  /** The receiver answered. */
  answered(receiver: string): void {
    this.#circuits.delete(receiver);
  }

  /** The attempt came to no outcome, so that nothing was learned about the receiver. */
  undecided(receiver: string): void {
    const circuit = this.#circuits.get(receiver);
    if (circuit) circuit.probing = false;
  }

  /** Nobody answered. */
  silent(receiver: string, now: Date): void {
    const circuit = this.#circuits.get(receiver) ?? { failures: 0, openUntil: 0, probing: false };
    circuit.failures += 1;
    circuit.probing = false;
    const pause = Math.min(
      FIRST_PAUSE_SECONDS * 2 ** Math.max(0, circuit.failures - PATIENCE),
      LONGEST_PAUSE_SECONDS,
    );
    circuit.openUntil = now.getTime() + pause * 1000;
    this.#circuits.set(receiver, circuit);
  }
}
