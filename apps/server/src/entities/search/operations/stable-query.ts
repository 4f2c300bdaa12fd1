import type { Clock } from '../../../ports/index.ts';
import { invalid } from '../../../refusal.ts';
import { isDocument } from '../../model/document.ts';

const DEFAULT_SECONDS = 30;

/** A series of pages that later creations and deletions do not disturb. */
export interface StableQuery {
  /** What the series sees: entities created until then, and those deleted since. */
  readonly asOf: Date;
  /** To be sent with the next page; undefined when this was the last one. */
  readonly id: string | undefined;
}

/**
 * Opens or continues a stable series of pages. The id holds the instant the series began and when it ends, so that the server keeps nothing
 * for it; changes of values in between do show. Undefined when none was asked for.
 * Throws 400 `STABLE_QUERY_EXPIRED` for an id that is over, 400 for one that is not ours.
 * @param seconds `stable_for`, 0-60: how long the next page may take; 0 ends the series
 */
export function stableQuery(
  clock: Clock,
  seconds: number | undefined,
  id: string | undefined,
): StableQuery | undefined {
  if (id === undefined && !seconds) return undefined;
  const now = clock.now();
  const asOf = id === undefined ? now : continued(id, now);
  const until = now.getTime() + (seconds ?? DEFAULT_SECONDS) * 1_000;
  if (seconds === 0) return { asOf, id: undefined };
  const text = JSON.stringify({ as_of: asOf.getTime(), until });
  return { asOf, id: Buffer.from(text).toString('base64url') };
}

function continued(id: string, now: Date): Date {
  const content = parsed(Buffer.from(id, 'base64url').toString());
  const { as_of: asOf, until } = isDocument(content) ? content : {};
  if (typeof asOf !== 'number' || typeof until !== 'number' || !(asOf >= 0 && asOf <= now.getTime())) {
    throw invalid({ path: 'body.stable_query_id', message: 'is not known' });
  }
  if (until < now.getTime()) {
    throw invalid({ path: 'body.stable_query_id', message: 'is over' }, 'STABLE_QUERY_EXPIRED');
  }
  return new Date(asOf);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
