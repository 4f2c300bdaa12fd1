import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MissingVariableError,
  renderTemplateWithEnvironment,
  replaceEnvironmentPlaceholders,
  TemplateError,
} from './index.ts';

const VARIABLES = new Map([
  ['erp.base-url', 'https://erp.example'],
  ['user', 'busbar'],
  ['tricky', '{{env.user}} {{params.id}} $& \\{{env.user}}'],
  ['0_9', 'digits'],
]);
const lookup = (key: string) => VARIABLES.get(key);

describe('replaceEnvironmentPlaceholders', () => {
  it.each([
    ['{{env.user}}', 'busbar'],
    ['{{ env.user }}:{{  env.0_9\t}}', 'busbar:digits'],
    ['\\{{env.user}}', 'busbar'],
    ['{{ env.erp.base-url }}/orders', 'https://erp.example/orders'],
    ['{"a":{"b":"{{env.user}}"}}', '{"a":{"b":"busbar"}}'],
    ['{{params.id}} {{environment}} {env.user}', '{{params.id}} {{environment}} {env.user}'],
    ['', ''],
  ])('%j becomes %j', async (text, expected) => {
    expect(await replaceEnvironmentPlaceholders(text, lookup)).toBe(expected);
  });

  it('inserts values as they are and does not look at them again', async () => {
    expect(await replaceEnvironmentPlaceholders('<{{env.tricky}}>', lookup)).toBe(
      `<${VARIABLES.get('tricky')}>`,
    );
  });

  it.each([
    ['{{env.password}}', 'password'],
    ['{{env.User}}', 'User'],
    ['{{env.}}', ''],
    ['{{ env.a b }}', 'a b'],
    ['x {{env.user}} \\{{env.__proto__}}', '__proto__'],
  ])('%j fails and names the key', async (text, key) => {
    const attempt = replaceEnvironmentPlaceholders(text, async (asked) => lookup(asked));
    await expect(attempt).rejects.toThrow(expect.objectContaining({ code: 'MISSING_VARIABLE', key }));
    await expect(attempt).rejects.toBeInstanceOf(MissingVariableError);
  });
});

describe('renderTemplateWithEnvironment', () => {
  const context = {
    params: { id: '{{env.user}}', raw: '\\{{ env.user }}' },
    steps: [{ body: '{{env.tricky}}' }],
    env: { user: 'from context' },
  };
  const render = (template: string) =>
    renderTemplateWithEnvironment(template, context, lookup, { escape: 'none' });

  it.each([
    ['\\{{env.user}} {{env.user}} {{ env.user }} {{{env.user}}}', 'busbar busbar busbar busbar'],
    ['\\{{ env.erp.base-url }}/{{params.missing}}', 'https://erp.example/'],
    ['{{#if steps.[0]}}\\{{env.user}}{{else}}{{env.missing}}{{/if}}', 'busbar'],
    ['{{#each steps}}{{env.user}}{{/each}}', 'busbar'],
    ['{{env.tricky}}', VARIABLES.get('tricky') ?? ''],
  ])('%j becomes %j', async (template, expected) => {
    expect(await render(template)).toBe(expected);
  });

  it('leaves placeholders alone that arrive in a value: only the author of the template may ask for a secret', async () => {
    const asked: string[] = [];
    const watch = (key: string) => {
      asked.push(key);
      return lookup(key);
    };
    const template = '{{params.id}}|{{params.raw}}|{{steps.0.body}}';
    const text = await renderTemplateWithEnvironment(template, context, watch, { escape: 'none' });
    expect(text).toBe('{{env.user}}|\\{{ env.user }}|{{env.tricky}}');
    expect(asked).toEqual([]);
  });

  it('cannot be tricked by values that complete a placeholder begun in the template', async () => {
    const piece = fc.constantFrom('{', '{{', '}}', '}', 'env.user', 'env.', 'user', '\\', ' ');
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 5 }), fc.array(piece, { maxLength: 5 }), async (a, b) => {
        const values = { a: a.join(''), b: b.join('') };
        const rendered = await renderTemplateWithEnvironment('{ {{a}}{{b}} env.user}}', values, lookup, {
          escape: 'none',
        });
        expect(rendered).toBe(`{ ${values.a}${values.b} env.user}}`);
      }),
    );
  });

  it('does not ask for variables in branches that are not taken, and fails for those that are', async () => {
    expect(await render('{{#if params.none}}{{env.missing}}{{/if}}ok')).toBe('ok');
    await expect(render('{{env.missing}}')).rejects.toThrow(expect.objectContaining({ key: 'missing' }));
  });

  it('refuses to decide by secrets', async () => {
    for (const template of [
      '{{#if env.user}}x{{/if}}',
      '{{#each env}}x{{/each}}',
      '{{#env.user}}x{{/env.user}}',
    ]) {
      await expect(render(template)).rejects.toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
      await expect(render(template)).rejects.toBeInstanceOf(TemplateError);
    }
  });
});
