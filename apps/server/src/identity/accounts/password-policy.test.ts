import { describe, expect, it } from 'vitest';
import { readSignInSettings } from '../portals/sign-in-settings.ts';
import { brokenRules } from './password-policy.ts';

function rules(password: string, policy: Record<string, unknown> = {}): number {
  const settings = readSignInSettings('p', { cognito_details: { password_policy: policy } });
  return brokenRules(password, settings.passwordPolicy).length;
}

describe('password rules', () => {
  it('accepts one of every class', () => {
    expect(rules('Passw0rd!')).toBe(0);
  });

  it.each([
    ['too short', 'Pa5s!', 1],
    ['no lower case', 'PASSW0RD!', 1],
    ['no upper case', 'passw0rd!', 1],
    ['no digit', 'Password!', 1],
    ['no symbol', 'Passw0rds', 1],
    ['nothing of anything', '', 5],
    ['too long', `${'Passw0rd!'.repeat(30)}`, 1],
  ])('%s', (_name, password, broken) => {
    expect(rules(password)).toBe(broken);
  });

  it('counts a space inside as a symbol, not one at an end', () => {
    expect(rules('Pass w0rd')).toBe(0);
    expect(rules('Passw0rd ')).toBe(1);
  });

  it('counts code points', () => {
    expect(rules('Aa1!😀😀😀😀')).toBe(0);
    expect(rules('Aa1!😀😀😀')).toBe(1);
  });

  it('clamps what a portal configures', () => {
    expect(rules('Aa1!x', { minimum_length: 1 })).toBe(1);
    expect(
      rules('abcdef', {
        minimum_length: 6,
        require_uppercase: false,
        require_numbers: false,
        require_symbols: false,
      }),
    ).toBe(0);
  });
});
