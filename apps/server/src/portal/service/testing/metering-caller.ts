import { pino } from 'pino';
import type { Operations } from '../../../contract/operation-types.ts';
import type { PortalPrincipal } from '../../../identity/index.ts';
import { Metering } from '../../../metering/index.ts';
import type { Clock } from '../../../ports/index.ts';
import { portalAccess } from '../../access/index.ts';
import { Portals } from '../../config/index.ts';
import { meteringOperations } from '../metering/metering-operations.ts';
import type { PlausibilityHook } from '../metering/plausibility-hook.ts';
import type { PortalCustomer } from './portal-customer.ts';

type CallOf<Id extends keyof Operations<'customer-portal'>> = Parameters<
  NonNullable<Operations<'customer-portal'>[Id]>
>[0];

/** The metering operations as a customer calls them, with a third party and a clock of the test's choice; refusals are thrown. */
export function meteringCaller(
  customer: PortalCustomer,
  options: { readonly hook?: Partial<PlausibilityHook>; readonly clock?: Clock } = {},
) {
  const { busbar } = customer.server;
  const { identity, entities } = busbar.rooms;
  const { database } = busbar.storage;
  const clock = options.clock ?? customer.server.clock;
  const operations = meteringOperations({
    accessOf: portalAccess({ access: identity.access, portals: new Portals(database), clock }),
    clock,
    metering: new Metering({ graph: entities, clock }),
    plausibility: { modeOf: async () => undefined, check: unexpected, limits: unexpected, ...options.hook },
  });
  const surroundings = {
    principal: principalOf(customer),
    tenant: database.tenant(customer.org),
    url: '',
    headers: {},
    requestId: 'test',
    ip: '127.0.0.1',
    log: pino({ level: 'silent' }),
  };
  return {
    /** Submits a reading; answers it as stored. */
    async submit(body: { meter_id: string; value: number; timestamp?: string }, insists = false) {
      const parameters = { override_plausibility: insists };
      const call: CallOf<'createMeterReading'> = {
        ...surroundings,
        parameters,
        body: { ...body, source: 'ECP' },
      };
      const answer = await operations.createMeterReading?.(call);
      return JSON.parse(JSON.stringify(answer)).data as { readonly status: string };
    },
    allowedRange(meterId: string) {
      const parameters = { meter_id: meterId };
      const call: CallOf<'getAllowedMeterReadingRange'> = { ...surroundings, parameters, body: undefined };
      return operations.getAllowedMeterReadingRange?.(call);
    },
  };
}

const unexpected = async () => {
  throw new Error('asked in another way than the mode says');
};

function principalOf({ org, portalId, portalUserId, contactId }: PortalCustomer): PortalPrincipal {
  return {
    ...{ kind: 'portal_user', org, portalId, portalUserId, contactId, contactIds: [contactId] },
    ...{ origin: 'END_CUSTOMER_PORTAL', email: 'kim@example.org', readOnly: false },
    ...{ sessionId: undefined, impersonator: undefined },
  };
}
