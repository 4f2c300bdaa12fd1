import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AppMood, HIDDEN, standInHookApp } from '../stand-in-hook-app.ts';
import { type HookedCustomer, type HookedPortal, hookedPortal, PASSWORD } from './hooked-portal.ts';

const ANY_STATUS = { validateStatus: () => true };
const range = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', interval: 'P1D' as const };

let portal: HookedPortal;
let kim: HookedCustomer;

beforeAll(async () => {
  portal = await hookedPortal();
  kim = await portal.customer();
  await portal.choose('contractIdentification', 'contracts');
  await portal.choose('changeEmail', 'email-later');
  await portal.choose('changePassword');
  await portal.choose('deleteAccount');
});
afterEach(() => portal.app.isIn('well'));
afterAll(() => portal.close());

/** Asks for everything that goes to the app. */
async function askEverything() {
  const { stranger, named, appId, extensionId } = portal;
  const which = { app_id: appId, extensionId };
  const { portal: own } = kim;
  const email = `new-${kim.email}`;
  const contact_identifier = { contact: { customer_number: '4711' } };
  const [exists, contracts, ...others] = await Promise.all([
    stranger.portal.checkContactExistsV3(
      named,
      { org_id: named.org_id, registration_identifiers: contact_identifier },
      ANY_STATUS,
    ),
    own.addContractByIdentifiers(null, { contract: { contract_number: 'V-1' } }, ANY_STATUS),
    own.getConsumption({ ...which, ...range, hookId: 'consumptionDataRetrieval' }, null, ANY_STATUS),
    own.getPrices({ ...which, ...range }, null, ANY_STATUS),
    own.getCosts({ ...which, ...range }, null, ANY_STATUS),
    own.getVisualizationMetadata(which, null, ANY_STATUS),
    own.prepareVisualizationExport(null, { app_id: appId, extension_id: extensionId }, ANY_STATUS),
    own.updatePortalUserEmail(null, { email, password: PASSWORD }, ANY_STATUS),
    own.changePortalUserPassword(null, { new_password: 'Neu-2026!' }, ANY_STATUS),
    own.deletePortalUser(null, null, ANY_STATUS),
  ]);
  const answers = [exists, contracts, ...others];
  const shown = JSON.stringify(answers.map(({ data, headers }) => [data, headers]));
  for (const hidden of [...HIDDEN, '127.0.0.']) expect(shown).not.toContain(hidden);
  return {
    statuses: answers.map(({ status }) => status),
    waits: answers.map(({ headers }) => headers['retry-after'] !== undefined),
    reasons: answers.map(({ data }: { data: unknown }) => Object(data).reason),
    messages: answers.map(({ data }: { data: unknown }) => Object(data).message),
  };
}

/** Account, address and password are what they were, whatever the app did. */
async function nothingChanged() {
  const again = await portal.signIn(kim.email);
  const { data } = await again.portal.getPortalUser();
  expect(data.data).toMatchObject({ email: [{ email: kim.email }], registration_status: 'Registered' });
}

const FAILURE = Array.from({ length: 10 }, () => 500);
const upstream = (reason: string) => Array.from({ length: 10 }, () => reason);

it('says that the app fails, in its words where it has some for customers', async () => {
  portal.app.isIn('fails');
  const { statuses, reasons, messages } = await askEverything();
  expect([statuses, reasons]).toEqual([FAILURE, upstream('UPSTREAM_ERROR')]);
  expect(new Set(messages)).toEqual(new Set(['Closed for today']));
  await nothingChanged();
});

it('takes 404 for “there is none”, and for no consent', async () => {
  portal.app.isIn('misses');
  const { statuses } = await askEverything();
  expect(statuses).toEqual([200, 200, 404, 404, 404, 404, 404, 500, 500, 500]);
  await nothingChanged();
});

it('tells people to slow down where the app checks who they are, with a time to wait', async () => {
  portal.app.isIn('throttles');
  const { statuses, waits } = await askEverything();
  expect(statuses).toEqual([429, 429, ...FAILURE.slice(2)]);
  expect(waits).toEqual(statuses.map((status) => status === 429));
  await nothingChanged();
});

it.each<[AppMood, string]>([
  ['redirects', 'UPSTREAM_ERROR'],
  ['floods', 'UPSTREAM_ERROR'],
  ['hangs', 'UPSTREAM_TIMEOUT'],
])('gives up an app that %s', async (mood, reason) => {
  portal.app.isIn(mood);
  const { statuses, reasons } = await askEverything();
  expect([statuses, reasons]).toEqual([FAILURE, upstream(reason)]);
  expect(portal.app.received.filter(({ path }) => path === '/elsewhere')).toEqual([]);
  await nothingChanged();
});

it('does not take nonsense for data', async () => {
  portal.app.isIn('babbles');
  const { extensionId, appId } = portal;
  const which = { app_id: appId, extensionId };
  const { portal: own } = kim;
  const answers = await Promise.all([
    own.getPrices({ ...which, ...range }, null, ANY_STATUS),
    own.getCosts({ ...which, ...range }, null, ANY_STATUS),
    own.getVisualizationMetadata(which, null, ANY_STATUS),
    own.prepareVisualizationExport(null, { app_id: appId, extension_id: extensionId }, ANY_STATUS),
  ]);
  for (const { status, data } of answers) {
    expect([status, data]).toMatchObject([500, { reason: 'UPSTREAM_INVALID_RESPONSE' }]);
  }
});

it('never calls an address that the operator has not allowed', async () => {
  kim = await portal.customer();
  const forbidden = await standInHookApp('127.0.0.2');
  await portal.moveApp(forbidden.url);
  const { statuses, reasons } = await askEverything();
  await portal.moveApp(portal.app.url);
  await forbidden.close();
  expect([statuses, reasons]).toEqual([FAILURE, upstream('UPSTREAM_ERROR')]);
  expect(forbidden.received).toEqual([]);
  await nothingChanged();
  expect(new Set((await portal.hookLog()).map(({ outcome }) => outcome))).toContain('UPSTREAM_TIMEOUT');
});
