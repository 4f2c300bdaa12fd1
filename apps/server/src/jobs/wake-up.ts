/**
 * Tells the workers of this process that a queue has new work, so that they need not wait for their next poll. Other processes find it by
 * polling. Kept per process because whoever enqueues knows only the transaction.
 */
const listeners = new Set<(queue: string) => void>();

/** Calls back with the queue's name whenever a job was committed in this process. Answers how to end it. */
export function onWakeUp(listener: (queue: string) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Announces committed jobs of a queue. */
export function wakeUp(queue: string): void {
  for (const listener of listeners) listener(queue);
}
