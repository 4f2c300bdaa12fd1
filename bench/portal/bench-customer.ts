import { randomInt } from 'node:crypto';
import type { Busbar } from '../../apps/server/src/composition/busbar.ts';
import { type Sql, sql, type Tenant } from '../../apps/server/src/storage/index.ts';

/** Entities of one customer of the crowd: a contact, a billing account, two contracts, two meters, five billing events. */
export const PER_CUSTOMER = 11;

/** A utility with many customers, and one of them who is signed in to its portal. */
export interface BenchCustomer {
  readonly org: string;
  readonly portalId: string;
  readonly contactId: string;
  readonly contractId: string;
  readonly meterId: string;
  readonly counterId: string;
  /** The customer's id token. */
  readonly token: string;
}

/** Fills an organisation with about so many entities of customers and their neighbourhoods, by plain SQL. */
export async function fillWithCustomers(tenant: Tenant, entities: number): Promise<void> {
  const customers = Math.floor(entities / PER_CUSTOMER);
  const kinds = [
    ['contact', 1],
    ['billing_account', 1],
    ['contract', 2],
    ['meter', 2],
    ['billing_event', 5],
  ] as const;
  // Ids follow from number and kind, so that edges need no look-up.
  for (const [schema, each] of kinds) {
    await tenant.run(sql`
      insert into entity (org_id, id, schema, doc, title, created_at, updated_at, words)
      select ${tenant.org}, md5(${tenant.org} || ${schema} || n || '-' || k)::uuid, ${schema},
             jsonb_build_object('contract_name', 'Bench ' || n, 'status', 'active', 'note', repeat('electricity delivery point ', 10)),
             ${schema} || ' ' || n, now() - make_interval(secs => n), now(), array_to_tsvector(array['active', 'bench', n::text])
        from generate_series(1, ${String(customers)}::int) n, generate_series(1, ${String(each)}::int) k`);
  }
  const relations = [
    ['contract', 2, 'customer', 'contact', sql`1`],
    ['contract', 2, 'billing_account', 'billing_account', sql`1`],
    ['billing_account', 1, 'billing_contact', 'contact', sql`1`],
    ['billing_event', 5, 'billing_account', 'billing_account', sql`1`],
    ['meter', 2, 'contract', 'contract', sql`k`],
  ] as const;
  for (const [from, each, attribute, to, target] of relations)
    await relate(tenant, customers, { from, each, attribute, to, target });
}

interface Relation {
  readonly from: string;
  readonly each: number;
  readonly attribute: string;
  readonly to: string;
  readonly target: Sql;
}

async function relate(tenant: Tenant, customers: number, relation: Relation): Promise<void> {
  const { from, each, attribute, to, target } = relation;
  await tenant.run(sql`
    insert into entity_edge (org_id, from_id, from_schema, attribute, to_id, to_schema, position)
    select ${tenant.org}, md5(${tenant.org} || ${from} || n || '-' || k)::uuid, ${from}, ${attribute},
           md5(${tenant.org} || ${to} || n || '-' || ${target})::uuid, ${to}, 0
      from generate_series(1, ${String(customers)}::int) n, generate_series(1, ${String(each)}::int) k`);
}

/** An organisation with about so many entities, and a customer of it with contracts, orders, files, bills and meter readings, made through the APIs. */
export async function customerAmong(busbar: Busbar, entities: number): Promise<BenchCustomer> {
  const { database } = busbar.storage;
  const { identity } = busbar.rooms;
  const org = String(randomInt(1_000_000, 2 ** 47));
  await busbar.rooms.createOrganisation(org, 'Bench');
  const tenant = database.tenant(org);
  await fillWithCustomers(tenant, entities);
  await database.system.run(sql`analyze entity`);
  await database.system.run(sql`analyze entity_edge`);
  const admin = await identity.issueAdminToken(org);
  const send = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const answer = await busbar.http.inject({
      method: 'POST',
      url: path,
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
    if (answer.statusCode >= 300) throw new Error(`${path} answered ${answer.statusCode}: ${answer.body}`);
    return answer.json();
  };
  const create = async (schema: string, attributes: object): Promise<string> =>
    String((await send(`/v1/entity/${schema}`, attributes))['_id']);
  const to = (...ids: readonly string[]) => ({ $relation: ids.map((id) => ({ entity_id: id })) });

  const contactId = await create('contact', {
    first_name: 'Bea',
    last_name: 'Bench',
    email: [{ email: `bea@${org}.example` }],
    customer_number: `bench-${org}`,
  });
  const account = await create('billing_account', { billing_contact: to(contactId) });
  const contracts: string[] = [];
  for (const number of [1, 2, 3]) {
    contracts.push(
      await create('contract', {
        contract_name: `Bench ${number}`,
        contract_number: `${org}-${number}`,
        status: 'active',
        customer: to(contactId),
        billing_account: to(account),
      }),
    );
  }
  const [contractId = ''] = contracts;
  const meterId = await create('meter', { meter_number: `${org}-1`, contract: to(contractId) });
  const counterId = await create('meter_counter', { obis_number: '1-0:1.8.0', meter: to(meterId) });
  for (const month of [1, 2, 3, 4, 5]) {
    await create('billing_event', {
      type: 'installment',
      billing_amount: 4_200 + month,
      billing_amount_decimal: `42.0${month}`,
      billing_currency: 'EUR',
      due_date: `2026-0${month}-15`,
      contract: to(contractId),
      billing_account: to(account),
    });
  }
  for (const number of [1, 2])
    await create('order', { order_number: `${org}-${number}`, status: 'placed', customer: to(contactId) });
  for (const number of [1, 2, 3])
    await create('file', {
      filename: `${number}.pdf`,
      shared_with_end_customer: true,
      relations: to(contractId),
    });
  const readings = [1, 2, 3, 4, 5, 6].map((month) => ({
    meter_id: meterId,
    counter_id: counterId,
    direction: 'feed-in',
    source: 'ERP',
    reason: 'regular',
    value: 1_000 + month,
    timestamp: `2026-0${month}-01T00:00:00.000Z`,
  }));
  await send('/v2/metering/readings', { readings });

  const portal = await send('/v3/portal/config', {
    origin: 'END_CUSTOMER_PORTAL',
    name: 'Bench',
    enabled: true,
    feature_settings: { billing: true },
  });
  const portalId = String(portal['portal_id']);
  const portalUserId = await create('portal_user', {
    email: [{ email: `bea@${org}.example` }],
    portal_id: portalId,
    origin: 'END_CUSTOMER_PORTAL',
    access_status: true,
    registration_status: 'Registered',
    mapping_status: 'Mapped',
    mapped_contact: to(contactId),
  });
  await tenant.transaction((tx) =>
    identity.accounts.createPortalAccount(tx, {
      portalId,
      portalUserId,
      email: `bea@${org}.example`,
      emailVerified: true,
    }),
  );
  const { id_token: token } = await identity.issuePortalToken(portalId, portalUserId);
  return { org, portalId, contactId, contractId, meterId, counterId, token };
}
