import { describe, expect, it } from 'vitest';
import { decideForAccount, decideForContact } from './registration-rules.ts';

const WHO = {
  known: { isFound: true, hasUser: false, isInvited: false },
  taken: { isFound: true, hasUser: true, isInvited: false },
  stranger: { isFound: false, hasUser: false, isInvited: false },
  invited: { isFound: false, hasUser: true, isInvited: true },
} as const;

const outcome = (decision: { act: string; reason?: string }) => decision.reason ?? decision.act;

describe('registration settings', () => {
  it.each([
    ['ALLOW_WITH_CONTACT_CREATION', 'map', 'map', 'create'],
    ['ALLOW_WITHOUT_CONTACT_CREATION', 'map', 'map', 'wait'],
    ['DENY', 'map', 'map', 'CONTACT_NOT_FOUND'],
    ['ALWAYS_CREATE_CONTACT', 'create', 'create', 'create'],
    ['BLOCK_IF_PORTAL_USER_EXISTS', 'map', 'PORTAL_USER_EXISTS', 'CONTACT_NOT_FOUND'],
    ['DISALLOW_COMPLETELY', 'REGISTRATION_DISABLED', 'REGISTRATION_DISABLED', 'REGISTRATION_DISABLED'],
    ['SOMETHING_NEW', 'REGISTRATION_DISABLED', 'REGISTRATION_DISABLED', 'REGISTRATION_DISABLED'],
  ])('%s: known %s, taken %s, stranger %s', (setting, known, taken, stranger) => {
    expect(outcome(decideForContact(setting, WHO.known))).toBe(known);
    expect(outcome(decideForContact(setting, WHO.taken))).toBe(taken);
    expect(outcome(decideForContact(setting, WHO.stranger))).toBe(stranger);
    expect(outcome(decideForContact(setting, WHO.invited))).toBe('map');
  });

  it.each([
    ['ALLOW_WITH_CREATION', false, 'map', 'map', 'create'],
    ['ALLOW_WITH_CREATION', true, 'map', 'PORTAL_USER_EXISTS', 'create'],
    ['ALWAYS_CREATE', true, 'create', 'create', 'create'],
    ['DENY', false, 'map', 'map', 'CONTACT_NOT_FOUND'],
    ['DENY', true, 'map', 'PORTAL_USER_EXISTS', 'CONTACT_NOT_FOUND'],
    ['BLOCK_IF_PORTAL_USER_EXISTS', false, 'map', 'PORTAL_USER_EXISTS', 'CONTACT_NOT_FOUND'],
    ['DISALLOW_COMPLETELY', false, 'REGISTRATION_DISABLED', 'REGISTRATION_DISABLED', 'REGISTRATION_DISABLED'],
  ])(
    'accounts, %s, blocking %s: known %s, taken %s, stranger %s',
    (setting, blocks, known, taken, stranger) => {
      expect(outcome(decideForAccount(setting, blocks, WHO.known))).toBe(known);
      expect(outcome(decideForAccount(setting, blocks, WHO.taken))).toBe(taken);
      expect(outcome(decideForAccount(setting, blocks, WHO.stranger))).toBe(stranger);
      expect(outcome(decideForAccount(setting, blocks, WHO.invited))).toBe('map');
    },
  );
});
