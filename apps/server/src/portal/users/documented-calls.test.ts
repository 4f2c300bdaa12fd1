import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PortalFixture, portalFixture } from './testing/portal-fixture.ts';

interface Sample {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly body: object | null;
}

type Caller = 'staff' | 'user' | 'nobody';

/** Who calls, and what the documented call comes to where the ids it names do not exist. The user is deleted last. */
const EXPECTED: Readonly<Record<string, readonly [Caller, number]>> = {
  createUser: ['nobody', 201],
  // The address of the sample is taken by then.
  createUserV3: ['nobody', 400],
  checkContactExists: ['nobody', 200],
  checkContactExistsV3: ['nobody', 200],
  confirmUser: ['nobody', 400],
  confirmUserWithUserId: ['nobody', 301],
  userExists: ['nobody', 200],
  userExistsV3: ['nobody', 200],
  getUserEntryPoint: ['nobody', 200],
  ssoLogin: ['nobody', 401],
  ssoLoginV3: ['nobody', 401],
  ssoCallback: ['nobody', 400],
  deRegisterMLoginUser: ['nobody', 401],
  notifyMLoginInterestChange: ['nobody', 401],
  getECPContact: ['staff', 404],
  resendConfirmationEmail: ['staff', 404],
  fetchPortalUsersByRelatedEntity: ['staff', 200],
  getRecipientsToNotifyOnAutomation: ['staff', 200],
  getPortalUser: ['user', 200],
  updatePortalUser: ['user', 200],
  // "string" is neither the password nor an e-mail address.
  updatePortalUserEmail: ['user', 400],
  invitePartner: ['user', 403],
  listBusinessPartners: ['user', 403],
  resendPartnerInvitation: ['user', 403],
  revokePartner: ['user', 403],
  disablePartner: ['user', 403],
  enablePartner: ['user', 403],
  deletePortalUser: ['user', 200],
};
const ORDER = Object.keys(EXPECTED);

const file = new URL('../../contract/samples/portal.json', import.meta.url);
const samples = (JSON.parse(await readFile(file, 'utf8')) as Sample[])
  .filter(({ operationId }) => operationId in EXPECTED)
  .sort((a, b) => ORDER.indexOf(a.operationId) - ORDER.indexOf(b.operationId));

let portal: PortalFixture;
let user: string;

beforeAll(async () => {
  portal = await portalFixture({
    registration_identifiers: [
      { name: 'email', schema: 'contact' },
      { name: 'contract_number', schema: 'contract' },
    ],
  });
  const registration_identifiers = { contract: { contract_number: 'V-1' } };
  user = await portal.member('documented@post.example', { registration_identifiers });
});

/** The documented call with its placeholders filled in for a portal that exists. */
function urlOf({ path, params }: Sample): string {
  const own: Record<string, string> = {
    origin: 'END_CUSTOMER_PORTAL',
    portal_id: portal.portalId,
    org_id: portal.org,
    domain: portal.domain,
  };
  const query = new URLSearchParams();
  let filled = path;
  for (const [name, sample] of Object.entries(params)) {
    const value = own[name] ?? sample;
    if (filled.includes(`{${name}}`)) filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    else query.set(name, value);
  }
  return `${filled}?${query}`;
}

describe('documented calls', () => {
  it('are all there', () => {
    expect(samples.map(({ operationId }) => operationId)).toEqual(ORDER);
  });

  it.each(samples)('$operationId is understood', async (sample) => {
    const { operationId, method, body } = sample;
    const [caller, status] = EXPECTED[operationId] ?? ['nobody', 0];
    const token = { staff: portal.admin, user, nobody: undefined }[caller];
    const own = body && {
      ...body,
      ...('orgId' in body ? { orgId: Number(portal.org) } : {}),
      ...('org_id' in body ? { org_id: Number(portal.org) } : {}),
    };
    const answer = await portal.server.request(method, urlOf(sample), {
      token,
      ...(own ? { body: own } : {}),
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  });
});
