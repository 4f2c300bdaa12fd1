/** A part of a period, counted by buckets of `span` seconds, or by the rows themselves. Instants are UTC milliseconds, the end exclusive. */
export interface TimeSegment {
  readonly span: CountSpan | 'rows';
  readonly start: number;
  readonly end: number;
}

/** Sizes of the buckets that are counted ahead, in seconds. */
export type CountSpan = 86_400 | 10_800 | 3_600 | 300;

const SPANS: readonly CountSpan[] = [86_400, 10_800, 3_600, 300];

/**
 * Cuts a period into the largest buckets that fit and rows at its ends, in order, without gap or overlap; at most nine segments. `largest`
 * bounds the buckets, where the result is to be cut further.
 */
export function timeSegments(start: number, end: number, largest: CountSpan = 86_400): TimeSegment[] {
  return cut(
    start,
    end,
    SPANS.filter((span) => span <= largest),
  );
}

function cut(start: number, end: number, [span, ...smaller]: readonly CountSpan[]): TimeSegment[] {
  if (start >= end) return [];
  if (span === undefined) return [{ span: 'rows', start, end }];
  const size = span * 1000;
  const first = Math.ceil(start / size) * size;
  const last = Math.floor(end / size) * size;
  if (first >= last) return cut(start, end, smaller);
  return [...cut(start, first, smaller), { span, start: first, end: last }, ...cut(last, end, smaller)];
}
