/** One reading of a series: milliseconds since 1970, and the cumulative value in millionths of the counter's unit. */
export interface CurveReading {
  readonly at: number;
  readonly value: bigint;
  /** The counter was set anew: the reading before says nothing about this one (`first`, `meter_change`). */
  readonly startsSeries: boolean;
}

/** The time between two readings and what was consumed in it. */
export interface CurveSegment {
  readonly from: number;
  readonly to: number;
  /** Millionths of the counter's unit. */
  readonly amount: bigint;
}

interface PlacedSegment extends CurveSegment {
  /** What all segments before amount to. */
  readonly before: bigint;
}

/**
 * What a counter has counted up to any instant, between two readings in a straight line. All amounts are differences of one function in whole
 * millionths, so parts of a period add up to the period exactly, however it is cut.
 */
export class ConsumptionCurve {
  readonly segments: readonly CurveSegment[];
  readonly #placed: readonly PlacedSegment[];

  constructor(segments: readonly CurveSegment[]) {
    let before = 0n;
    this.#placed = segments.map((segment) => {
      const placed = { ...segment, before };
      before += segment.amount;
      return placed;
    });
    this.segments = segments;
  }

  /**
   * The curve of a series' readings in order of time. A counter that falls by more than half of what its digits can show has gone round; a
   * smaller step back is a correction and counts as such.
   * @param digits digits before the point that the counter shows; undefined when unknown
   * @param factor what a unit of the counter stands for, such as kWh per cubic metre
   */
  static of(readings: readonly CurveReading[], digits: number | undefined, factor = 1): ConsumptionCurve {
    const segments: CurveSegment[] = [];
    for (const [index, { at, value, startsSeries }] of readings.entries()) {
      const previous = readings[index - 1];
      if (!previous || startsSeries || at <= previous.at) continue;
      const amount = times(counted(previous.value, value, digits), factor);
      segments.push({ from: previous.at, to: at, amount });
    }
    return new ConsumptionCurve(segments);
  }

  /** The span from the first to the last reading; undefined without consumption. */
  get span(): { readonly from: number; readonly to: number } | undefined {
    const [first] = this.segments;
    const last = this.segments.at(-1);
    return first && last && { from: first.from, to: last.to };
  }

  /** What was consumed from one instant to another, in millionths; undefined where no two readings surround any of it. */
  between(from: number, to: number): bigint | undefined {
    const first = this.#placed[this.#after(from)];
    if (from >= to || !first || first.from >= to) return undefined;
    return this.#until(to) - this.#until(from);
  }

  /** The milliseconds between two instants for which the consumption is known. */
  knownBetween(from: number, to: number): { readonly from: number; readonly to: number }[] {
    const known: { from: number; to: number }[] = [];
    for (let index = this.#after(from); index < this.#placed.length; index += 1) {
      const segment = this.#placed[index];
      if (!segment || segment.from >= to) break;
      const part = { from: Math.max(from, segment.from), to: Math.min(to, segment.to) };
      const last = known.at(-1);
      if (last?.to === part.from) last.to = part.to;
      else known.push(part);
    }
    return known;
  }

  #until(instant: number): bigint {
    const segment = this.#placed[this.#after(instant)];
    if (!segment) {
      const last = this.#placed.at(-1);
      return last ? last.before + last.amount : 0n;
    }
    if (instant <= segment.from) return segment.before;
    const share = BigInt(instant - segment.from);
    return segment.before + (segment.amount * share) / BigInt(segment.to - segment.from);
  }

  /** The index of the first segment that ends after an instant. */
  #after(instant: number): number {
    let low = 0;
    let high = this.#placed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#placed[middle]?.to ?? 0) > instant) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const MILLION = 1_000_000n;

function counted(before: bigint, after: bigint, digits: number | undefined): bigint {
  const difference = after - before;
  const round = digits === undefined ? undefined : 10n ** BigInt(digits) * MILLION;
  return round !== undefined && -difference * 2n > round ? difference + round : difference;
}

function times(amount: bigint, factor: number): bigint {
  if (factor === 1) return amount;
  const product = amount * BigInt(Math.round(factor * 1_000_000));
  const half = product < 0n ? -MILLION / 2n : MILLION / 2n;
  return (product + half) / MILLION;
}
