import { describe, expect, it } from 'vitest';
import { renderText } from './template-output.ts';

const context = {
  contract: {
    delivery_address: [
      { street: 'Hafenweg', street_number: '1', postal_code: '12345', city: 'Köln' },
      { street: 'Marktplatz', city: 'Ulm' },
    ],
    tags: ['erster', 'zweiter'],
  },
};

describe('texts about entities', () => {
  it.each([
    ['{{contract.delivery_address.0}}', 'Hafenweg 1, 12345 Köln'],
    ['{{contract.delivery_address.1}}!', 'Marktplatz, Ulm!'],
    ['{{contract.delivery_address.1.city}}', 'Ulm'],
    ['{{contract.delivery_address}}', 'Hafenweg 1, 12345 Köln, Marktplatz, Ulm'],
    ['{{#if contract.tags.1}}{{contract.tags.1}}{{/if}}', 'zweiter'],
    ['{{contract.tags.7}}', ''],
    ['contract.tags.0 {{"contract.tags.0"}}', 'contract.tags.0 '],
  ])('%s says %j', (template, text) => {
    expect(renderText(template, context)).toBe(text);
  });
});
