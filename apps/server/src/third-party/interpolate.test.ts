import { describe, expect, it } from 'vitest';
import { isSecureUrl, renderText, renderUrl, renderValue } from './index.ts';

const variables = {
  Options: { user: 'utility', password: 'a:b', base: 'https://partner.example/v1' },
  Context: { place: { code: '04109' }, name: 'Möller & Co/{{Options.password}}', list: [{ id: 7 }] },
  env: new Map([['KEY', 'k-1']]),
};

describe('templates of requests', () => {
  it('join texts and variables, and encode them', () => {
    const written = 'Basic {{Options.user | append: ":" | append: Options.password | base64_encode}}';
    expect(renderText(written, variables)).toBe(`Basic ${Buffer.from('utility:a:b').toString('base64')}`);
    expect(renderText("{{ Options.user | append: ' | ' | append: Options.none }}", variables)).toBe(
      'utility | ',
    );
    expect(renderText('{{ Options.none | default: fallback }}-{{env.KEY}}', variables)).toBe('fallback-k-1');
  });

  it('never read a value as a template again', () => {
    expect(renderText('{{Context.name}}', variables)).toBe('Möller & Co/{{Options.password}}');
    expect(renderValue({ all: '{{Context}}' }, variables)).toEqual({ all: variables.Context });
    expect(renderValue(['{{Context.list.0.id}}'], variables)).toEqual([7]);
    expect(renderText('{{Context.constructor}}{{Context.list.length.x}}', variables)).toBe('');
  });

  it('encode values within a URL, but for its base', () => {
    expect(renderUrl('{{Options.base}}/{{Context.name}}?c={{Context.place.code}}', variables)).toBe(
      'https://partner.example/v1/M%C3%B6ller%20%26%20Co%2F%7B%7BOptions.password%7D%7D?c=04109',
    );
  });

  it.each(['..', '.', '../..', '%2e%2e', '..%2f', '..\\..', '..;'])(
    'never leave the folder of a URL with a value such as %s',
    (value) => {
      const given = { Contact: { number: value } };
      const make = (template: string) => () => new URL(renderUrl(template, given)).pathname;
      for (const template of [
        'https://a.example/of/{{Contact.number}}',
        'https://a.example/of/{{Contact.number}}/all',
      ]) {
        const isDots = value === '.' || value === '..';
        if (isDots) expect(make(template)).toThrow('cannot be made');
        else expect(make(template)()).toMatch(/^\/of\/[^/]+(?:\/all)?$/);
      }
      expect(make('https://a.example/of?n={{Contact.number}}')()).toBe('/of');
      const half = { Contact: { number: '.' } };
      expect(() => renderUrl('https://a.example/{{Contact.number}}{{Contact.number}}?x', half)).toThrow();
    },
  );

  it('refuse filters they do not have', () => {
    expect(() => renderText('{{ Options.user | reverse }}', variables)).toThrow('not configured correctly');
  });
});

describe('isSecureUrl', () => {
  it.each([
    ['https://partner.example/', true],
    ['http://127.0.0.1:8080/', true],
    ['http://partner.example/', false],
    ['http://127.0.0.1.partner.example/', false],
    ['ftp://partner.example/', false],
    ['partner', false],
  ])('%s: %s', (url, expected) => {
    expect(isSecureUrl(url)).toBe(expected);
  });
});
