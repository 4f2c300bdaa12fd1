import { setTimeout as wait } from 'node:timers/promises';

const SLOWEST_MS = 30_000;

/** Asks again until there is an answer; throws when there is none for half a minute. */
export async function until<Answer>(what: string, ask: () => Promise<Answer | undefined>): Promise<Answer> {
  const deadline = Date.now() + SLOWEST_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${SLOWEST_MS / 1000} s: ${what}`);
    await wait(100);
  }
}
