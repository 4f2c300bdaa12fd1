import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rulesHold } from './attribute-rules.ts';
import { editRuleProblems } from './edit-rule-problems.ts';
import { emailTemplateId } from './email-templates.ts';
import { withoutSeamlessLinks } from './external-link-redaction.ts';

describe('rules about attributes', () => {
  const context = new Map([
    ['contact', { status: 'vip', tags: ['solar', 7], age: 41, address: { city: 'x' } }],
  ]);
  const rule = (attribute: string, attribute_value: string, entity = 'contact') => ({
    entity,
    attribute,
    attribute_value,
  });

  it.each([
    ['no rules', undefined, true],
    ['an empty list', [], true],
    ['the same text', [rule('status', 'vip')], true],
    ['a number as text', [rule('age', '41')], true],
    ['a member of a list', [rule('tags', '7')], true],
    ['another text', [rule('status', 'VIP')], false],
    ['an object', [rule('address', '[object Object]')], false],
    ['a missing attribute', [rule('nothing', '')], false],
    ['a missing entity', [rule('status', 'vip', 'contract')], false],
    ['one of two', [rule('status', 'vip'), rule('age', '40')], false],
    ['a rule that is none', [null], false],
  ])('with %s', (_, rules, holds) => {
    expect(rulesHold(rules, context)).toBe(holds);
  });
});

describe('edit rules', () => {
  const base = { slug: 'contract', attribute: 'installment_amount' };
  const paths = (rule: object) =>
    editRuleProblems([{ ...base, ...rule }]).map(({ path }) => path.split('.').at(-1));

  it.each(['10%', '25', '2,5', '0%', ' 7.25 % '])('take the limit %s', (limit) => {
    expect(paths({ rule_type: 'relative_to_current_value', allowed_increment: limit })).toEqual([]);
  });

  it.each(['', '-5', '10 percent', '%', '1.2.3', 'NaN', '1e3'])('refuse the limit %s', (limit) => {
    expect(paths({ rule_type: 'relative_to_current_value', allowed_decrement: limit })).toEqual([
      'allowed_decrement',
    ]);
  });

  it('want whole, useful numbers', () => {
    expect(
      paths({ rule_type: 'cadence', cadence_period: 0, changes_allowed: -1, grace_period: 0.5 }),
    ).toEqual(['cadence_period', 'changes_allowed', 'grace_period']);
    expect(paths({ rule_type: 'days_before_date' })).toEqual(['number_of_days_before_restriction']);
    expect(paths({ rule_type: 'days_before_date', number_of_days_before_restriction: 0 })).toEqual([]);
  });

  it('know what they are about', () => {
    expect(editRuleProblems([{}]).map(({ path }) => path)).toEqual([
      'body.entity_edit_rules[0].slug',
      'body.entity_edit_rules[0].attribute',
      'body.entity_edit_rules[0].rule_type',
    ]);
  });
});

describe('UI settings without seamless links', () => {
  const link = fc.record({
    id: fc.string(),
    type: fc.constantFrom('link', 'journey', 'seamless'),
    link: fc.webUrl(),
  });
  it('lose exactly those, and are untouched where there are none', () => {
    fc.assert(
      fc.property(fc.array(link), fc.dictionary(fc.string(), fc.string()), (externalLinks, others) => {
        const stored = JSON.stringify({ ...others, externalLinks });
        const shown = withoutSeamlessLinks(stored);
        expect(JSON.parse(shown)).toEqual({
          ...JSON.parse(stored),
          externalLinks: externalLinks.filter(({ type }) => type !== 'seamless'),
        });
        if (externalLinks.every(({ type }) => type !== 'seamless')) expect(shown).toBe(stored);
      }),
    );
  });

  it('are empty when nobody can read them', () => {
    expect(withoutSeamlessLinks('{"externalLinks":[{"type":"seamless"')).toBe('{}');
    expect(withoutSeamlessLinks(undefined)).toBe('{}');
  });
});

describe('the template of a mail', () => {
  it('is found under its older name, and is the built-in one when there is none', () => {
    const portal = (email_templates: object) => ({ config: { email_templates } });
    expect(emailTemplateId(portal({ advancedMFA: 'a' }), 'advancedAuth')).toBe('a');
    expect(emailTemplateId(portal({ advancedMFA: 'a', advancedAuth: 'b' }), 'advancedAuth')).toBe('b');
    expect(emailTemplateId(portal({}), 'invitation')).toBeUndefined();
  });
});
