import { beforeAll, describe, expect, it } from 'vitest';
import { API_WRITE, type GraphFixture, graphFixture } from '../testing/graph-fixture.ts';

let fixture: GraphFixture;
beforeAll(async () => {
  fixture = await graphFixture();
});

/** Writes one attribute in a transaction of its own; answers how often the database made it start over. */
async function write(id: string, attributes: Record<string, unknown>): Promise<number> {
  let attempts = 0;
  await fixture.tenant.transaction((tx) => {
    attempts += 1;
    return fixture.graph.patch(tx, { id, attributes }, { ...API_WRITE, direct: true, arrayOperations: true });
  });
  return attempts - 1;
}

const to = (...ids: string[]) => ({ $relation: { _set: ids.map((entity_id) => ({ entity_id })) } });

describe('opposite relation writes at the same time', () => {
  it('do not wait for each other in a circle, also where a partner is displaced', async () => {
    const accounts = await Promise.all([1, 2].map(() => fixture.create('billing_account', {})));
    const contracts = await Promise.all([1, 2].map(() => fixture.create('contract', {})));
    const [a = '', b = ''] = accounts.map(({ id }) => id);
    const [k = '', l = ''] = contracts.map(({ id }) => id);
    await write(a, { contracts: to(k) });
    await write(b, { contracts: to(l) });
    let restarts = 0;
    for (let round = 0; round < 25; round += 1) {
      // Each of them takes the other account's contract: from the account's side, and from the contract's.
      const [first, second] = round % 2 === 0 ? [a, b] : [b, a];
      const counts = await Promise.all([
        write(first, { contracts: to(l) }),
        write(second, { contracts: to(k) }),
        write(k, { billing_account: to(second) }),
        write(l, { billing_account: to(first) }),
        write(k, { billing_account: null }),
        write(first, { contracts: null }),
      ]);
      restarts += counts.reduce((sum, count) => sum + count, 0);
    }
    expect(restarts).toBe(0);
  });
});
