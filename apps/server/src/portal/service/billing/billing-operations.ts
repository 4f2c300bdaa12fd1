import type { Operations } from '../../../contract/operation-types.ts';
import { type Document, relatedIds } from '../../../entities/index.ts';
import { searchEntities } from '../../../entities/search/index.ts';
import type { ServicePlatform } from '../service-platform.ts';
import { billingEventSort, billingEventTree } from './billing-event-query.ts';
import { billingEventScope, requireBilling } from './billing-scope.ts';
import { centsOf, decimalText } from './cents.ts';
import { customerBalance } from './customer-balance.ts';

/** What a portal user is billed, owes, and where it is booked (spec/portal.md §7). */
export function billingOperations({ accessOf }: ServicePlatform): Operations<'customer-portal'> {
  return {
    async getBillingEvents(call) {
      const access = await accessOf(call);
      requireBilling(access);
      const {
        from = 0,
        size = 100,
        entity_id: ids,
        sort,
        event_type,
        paid,
        date_after,
        date_before,
      } = call.parameters;
      const tree = billingEventTree({ event_type, paid, date_after, date_before });
      const keys = billingEventSort(sort);
      const owners = ids && (await access.loadMany(ids)).map(({ id }) => id);
      const scope = await billingEventScope(access, call.tenant.org, owners);
      const page = await searchEntities(call.tenant, { tree, scope, sort: keys, from, size });
      return {
        results: page.hits.map(({ entity }) => eventToWire(access.shownAttributes(entity))),
        hits: page.total,
      };
    },

    async getCustomerBalance(call) {
      const access = await accessOf(call);
      requireBilling(access);
      const { cents, currency } = await customerBalance(access, call.tenant);
      return { balance: Number(cents), balance_decimal: decimalText(cents), balance_currency: currency };
    },

    async getBillingAccount(call) {
      const access = await accessOf(call);
      requireBilling(access);
      const account = await access.load('billing_account', call.parameters.id);
      const related = await relatedIds(call.tenant, [account.id]);
      const relations = await access.loadMany(related.map(({ id }) => id));
      return {
        entity: access.shownAttributes(account),
        relations: relations.map((entity) => access.shownAttributes(entity)),
      };
    },
  };
}

/** A billing event with all siblings of its amount. */
function eventToWire(event: Document): Document {
  const cents = centsOf(event['billing_amount'], event['billing_amount_decimal']);
  return {
    // Events that are booked on a billing account only name no contract.
    contract: { $relation: [] },
    ...event,
    ...(cents === undefined
      ? {}
      : {
          billing_amount: Number(cents),
          billing_amount_decimal: decimalText(cents),
          billing_currency: event['billing_currency'] ?? 'EUR',
        }),
  };
}
