import type { ClaimedJob } from './claim-jobs.ts';

/**
 * Arranges claimed jobs (in the order of their ids) into runs that may go on beside each other; each run is a list of calls to make one after
 * another. With batches, jobs of one organisation and lane share a call, and a job that failed before gets a call of its own.
 */
export function runsOf(jobs: readonly ClaimedJob[], batchSize: number): ClaimedJob[][][] {
  if (batchSize === 1) return jobs.map((job) => [[job]]);
  const lanes = Map.groupBy(jobs, ({ org_id, lane }) => JSON.stringify([org_id, lane]));
  return [...lanes.values()].flatMap((ofLane) => {
    const calls = callsOf(ofLane, batchSize);
    // Without a lane there is no order to keep.
    return ofLane[0]?.lane === null ? calls.map((call) => [call]) : [calls];
  });
}

function callsOf(jobs: readonly ClaimedJob[], batchSize: number): ClaimedJob[][] {
  const calls: ClaimedJob[][] = [];
  for (const job of jobs) {
    const last = calls.at(-1);
    const together = last && last.length < batchSize && job.attempts === 1 && last[0]?.attempts === 1;
    if (together) last.push(job);
    else calls.push([job]);
  }
  return calls;
}
