/** A power tariff of a partner: base and work price, both gross with 19 % (spec/pricing.md B20.5). */
export const TARIFF = {
  id: 'product-tariff',
  name: 'Partner Strom 12',
  description: 'Green power of a partner',
  features: ['100 % hydropower', { feature: 'Fixed for 12 months' }],
  product_image_urls: ['https://partner.example/strom.png', 'javascript:alert(1)'],
  product_downloads_urls: [{ url: 'https://partner.example/agb.pdf', filename: 'AGB.pdf' }],
  legal_footnotes: 'Only while stocks last.',
  metadata: { partner_tariff: 'S12', bonus: 3, nested: { is: 'left out' } },
  price: {
    id: 'price-tariff',
    name: 'Partner Strom 12',
    unit_amount_currency: 'EUR',
    price_components: [
      {
        name: 'Grundpreis',
        type: 'recurring',
        billing_period: 'monthly',
        amount_total_decimal: '11.90',
        amount_subtotal_decimal: '10.00',
        unit_amount_gross_decimal: '11.90',
        unit_amount_net_decimal: '10.00',
        tax: { type: 'VAT', rate: 19 },
        billing_duration_amount: 12,
        billing_duration_unit: 'months',
      },
      {
        id: 'work',
        name: 'Arbeitspreis',
        type: 'recurring',
        billing_period: 'monthly',
        unit: 'kWh',
        variable_price: true,
        amount_total_decimal: '86.9166666667',
        amount_subtotal_decimal: '73.0392156863',
        unit_amount_gross_decimal: '0.2980',
        unit_amount_net_decimal: '0.2504',
        tax: { type: 'VAT', rate: 19 },
      },
    ],
    total_details: {
      breakdown: {
        recurrences: [
          {
            type: 'recurring',
            billing_period: 'monthly',
            amount_total_decimal: '98.82',
            amount_subtotal_decimal: '83.04',
          },
        ],
      },
    },
  },
};

/** A wallbox of a partner: one price, once, without tax. */
export const WALLBOX = {
  id: 'product-wallbox',
  name: 'Partner Wallbox',
  price: {
    id: 'price-wallbox',
    name: 'Wallbox 11 kW',
    type: 'one_time',
    amount_total: 49900,
    unit_amount: 49900,
  },
};

/** A solar panel of a partner: net price, tax on top, five percent of cash back after a year. */
export const PANEL = {
  id: 'product-panel',
  name: 'Partner Panel',
  price: {
    id: 'price-panel',
    description: 'Panel 430 W',
    type: 'one_time',
    amount_total_decimal: '119',
    amount_subtotal_decimal: '100',
    unit_amount_gross_decimal: '119',
    unit_amount_net_decimal: '100',
    tax: { type: 'VAT', rate: 19 },
    coupons: [
      {
        name: 'Welcome',
        category: 'cashback',
        type: 'percentage',
        percentage_value: '5',
        cashback_period: '12',
      },
    ],
  },
};
