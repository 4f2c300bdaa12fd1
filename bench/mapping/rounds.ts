/** One candidate: does `calls` pieces of work. */
export type Candidate = (calls: number) => unknown | Promise<unknown>;

const ROUNDS = process.argv.includes('--quick') ? 3 : 7;
const ROUND_MILLISECONDS = process.argv.includes('--quick') ? 40 : 150;

/**
 * Calls per second of every candidate, the median of several rounds. Rounds alternate between the candidates, so that a
 * noisy moment of the machine hits all of them.
 */
export async function callsPerSecond(candidates: readonly Candidate[]): Promise<number[]> {
  const calls = await Promise.all(candidates.map(() => 0));
  for (const [index, candidate] of candidates.entries()) calls[index] = await calibrate(candidate);
  const rates = candidates.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, candidate] of candidates.entries()) {
      const count = calls[index] ?? 1;
      rates[index]?.push((count / (await time(candidate, count))) * 1_000);
    }
  }
  return rates.map((each) => each.sort((a, b) => a - b)[Math.floor(each.length / 2)] ?? 0);
}

/** Warms up, then answers how many calls fill a round. */
async function calibrate(candidate: Candidate): Promise<number> {
  let calls = 1;
  for (;;) {
    const elapsed = await time(candidate, calls);
    if (elapsed > ROUND_MILLISECONDS / 2) return Math.ceil((calls / elapsed) * ROUND_MILLISECONDS);
    calls *= 2;
  }
}

async function time(candidate: Candidate, calls: number): Promise<number> {
  const start = performance.now();
  const work = candidate(calls);
  if (work instanceof Promise) await work;
  return performance.now() - start;
}
