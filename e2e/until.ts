import { setTimeout as wait } from 'node:timers/promises';

/** Asks again until there is an answer; throws when there is none for half a minute, or as long as given. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined>,
  slowestMs = 30_000,
): Promise<Answer> {
  const deadline = Date.now() + slowestMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${slowestMs / 1000} s: ${what}`);
    await wait(100);
  }
}
