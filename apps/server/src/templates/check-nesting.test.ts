import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { checkNesting } from './check-nesting.ts';
import { renderTemplate } from './index.ts';

const tooDeep = expect.objectContaining({ code: 'TOO_DEEP' });

describe('checkNesting', () => {
  it.each([
    '\\{{/if}}',
    '{{!-- {{/if}} --}}',
    '{{! {{/if}}',
    "{{! it's }}",
    '{{!-- "([ --}}',
    '{{a "}} {{/if}} "}}',
    "{{a '}}{{/if}}'}}",
    '{{a.[}} {{/if}} ]}}',
    '{{^}}',
    '{{else}}',
    '{{else if b}}',
  ])('is not fooled by %s between nested blocks', (disguise) => {
    const template = `{{#if a}}${disguise}`.repeat(33) + '{{/if}}'.repeat(33);
    expect(() => checkNesting(template, 32)).toThrow(tooDeep);
  });

  it('does not count what is no block', () => {
    const harmless = '\\{{#if a}} {{! {{#if a}} {{!-- {{#if a}} --}} {{a.[{{#if a}}]}} ( \\\\{{b}} {{a.[(]}}';
    const template = harmless.repeat(40);
    expect(() => checkNesting(template, 0)).not.toThrow();
    expect(renderTemplate(template, { b: 1 }, { escape: 'none' })).toBe(
      Handlebars.compile(template, { noEscape: true })({ b: 1 }),
    );
  });

  it('counts blocks side by side once', () => {
    const side = '{{#if a}}{{else if b}}{{else}}x{{/if}}{{^a}}{{^}}y{{/a}}'.repeat(100);
    expect(() => checkNesting(side, 2)).not.toThrow();
    expect(() => checkNesting(side, 1)).toThrow(tooDeep);
  });

  it('refuses what only costs the parser', () => {
    for (const template of ['{{a (b)}}', '{{{{raw}}}}{{{{/raw}}}}']) {
      expect(() => checkNesting(template, 32)).toThrow(
        expect.objectContaining({ code: 'UNSUPPORTED', line: 1 }),
      );
    }
    expect(() => checkNesting('\n\n{{#if a}}', 0)).toThrow(expect.objectContaining({ line: 3 }));
  });
});
