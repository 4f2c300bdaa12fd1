import { type Problem, Refusal } from '../../refusal.ts';
import type { PasswordPolicy } from '../portals/sign-in-settings.ts';

/** Throws 400 `INVALID_PASSWORD` with every rule the password breaks (portal §1.6); never repeats the password. */
export function checkPassword(password: string, policy: PasswordPolicy): void {
  const broken = brokenRules(password, policy);
  if (broken.length > 0) throw invalidPassword(broken);
}

/** 400 `INVALID_PASSWORD` with the rules that were broken. */
export function invalidPassword(rules: readonly string[]): Refusal {
  const errors: Problem[] = rules.map((message) => ({ path: 'body.password', message }));
  return new Refusal(400, 'INVALID_PASSWORD', 'The password does not meet the rules of this portal', {
    reason: 'INVALID_PASSWORD',
    errors,
  });
}

/** The rules a password breaks, in words; empty when it is fine. */
export function brokenRules(password: string, policy: PasswordPolicy): string[] {
  const length = [...password].length;
  const rules: readonly (readonly [isBroken: boolean, message: string])[] = [
    [length < policy.minimumLength, `must have at least ${policy.minimumLength} characters`],
    [length > policy.maximumLength, `must have at most ${policy.maximumLength} characters`],
    [policy.requireLowercase && !/\p{Ll}/u.test(password), 'must have a lower-case letter'],
    [policy.requireUppercase && !/\p{Lu}/u.test(password), 'must have an upper-case letter'],
    [policy.requireNumbers && !/\d/.test(password), 'must have a digit'],
    [policy.requireSymbols && !hasSymbol(password), 'must have a symbol'],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, message]) => message);
}

/** Printable ASCII punctuation; a space counts, but not at either end. */
function hasSymbol(password: string): boolean {
  return /[!-/:-@[-`{-~]/.test(password) || /\S \S/.test(password);
}
