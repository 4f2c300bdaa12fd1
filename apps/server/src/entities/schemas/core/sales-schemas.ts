import {
  amounts,
  attributes,
  choice,
  coreSchema,
  durations,
  numbers,
  related,
  repeatables,
  sequence,
} from './attribute-kinds.ts';

const SALES = 'sales';
const PRODUCTS = 'product_catalog';

export const order = coreSchema(
  'order',
  { name: 'Order', plural: 'Orders', category: SALES },
  '{{order_number}}',
  [
    sequence('order_number', 'OR-'),
    choice('status', 'draft', 'quote', 'open_for_acceptance', 'placed', 'cancelled', 'completed'),
    attributes('internal', 'source', 'line_items', 'total_details', 'dates', 'consents'),
    attributes('datetime', 'expires_at'),
    attributes('string', 'currency', 'billing_first_name', 'billing_last_name', 'billing_company_name'),
    attributes('string', 'billing_email', 'billing_phone'),
    numbers('amount_subtotal', 'amount_tax', 'amount_total'),
    repeatables('address', 'billing_address', 'delivery_address'),
    repeatables('payment', 'payment_method'),
    related('has_many', 'customer', ['contact', 'account'], 'orders'),
    related('has_many', 'billing_contact', ['contact', 'account']),
    related('has_many', 'products', ['product']),
    related('has_many', 'prices', ['price']),
    related('has_many', 'coupons', ['coupon']),
  ],
);

export const opportunity = coreSchema(
  'opportunity',
  { name: 'Opportunity', plural: 'Opportunities', category: SALES },
  '{{opportunity_title}}',
  [
    sequence('opportunity_number', 'O-'),
    attributes('string', 'opportunity_title', 'description', 'status', 'source'),
    attributes('date', 'due_date'),
    attributes('internal', 'dates', 'items'),
    repeatables('address', 'address', 'billing_address', 'delivery_address'),
    related('has_many', 'customer', ['contact', 'account']),
  ],
);

export const submission = coreSchema(
  'submission',
  { name: 'Submission', plural: 'Submissions', category: SALES },
  '{{_id}}',
  [{ name: 'mapped_entities', label: 'Mapped entities', type: 'relation', relation_type: 'has_many' }],
);

export const product = coreSchema(
  'product',
  { name: 'Product', plural: 'Products', category: PRODUCTS },
  '{{name}}',
  [
    attributes('string', 'code', 'name', 'description'),
    choice('type', 'product', 'service'),
    attributes('tags', 'categories'),
    repeatables('string', 'feature'),
    attributes('image', 'product_images'),
    attributes('file', 'product_downloads'),
    attributes('boolean', 'active'),
    related('has_many', 'price_options', ['price']),
  ],
);

export const price = coreSchema(
  'price',
  { name: 'Price', plural: 'Prices', category: PRODUCTS },
  '{{description}}',
  [
    attributes('string', 'description', 'unit'),
    attributes('boolean', 'active', 'variable_price', 'is_tax_inclusive', 'is_composite_price'),
    choice('type', 'one_time', 'recurring'),
    choice('billing_period', 'weekly', 'monthly', 'every_quarter', 'every_6_months', 'yearly'),
    choice(
      'pricing_model',
      ...[
        'per_unit',
        'tiered_graduated',
        'tiered_volume',
        'tiered_flatfee',
        'dynamic_tariff',
        'external_getag',
      ],
    ),
    amounts('unit_amount'),
    attributes('internal', 'tiers'),
    { name: 'price_components', label: 'Price components', type: 'price_component' },
    choice('price_display_in_journeys', 'show_price', 'show_as_starting_price', 'show_as_on_request'),
    durations('billing_duration', 'notice_time', 'termination_time', 'renewal_duration'),
    related('has_many', 'tax', ['tax']),
  ],
);

export const tax = coreSchema(
  'tax',
  { name: 'Tax', plural: 'Taxes', category: PRODUCTS },
  '{{description}} {{rate}}%',
  [
    choice('type', 'VAT', 'GST', 'Custom'),
    attributes('number', 'rate'),
    attributes('boolean', 'active'),
    attributes('string', 'description', 'region', 'region_label', 'behavior'),
  ],
);

export const coupon = coreSchema(
  'coupon',
  { name: 'Coupon', plural: 'Coupons', category: PRODUCTS },
  '{{name}}',
  [
    attributes('string', 'name'),
    choice('type', 'fixed', 'percentage'),
    choice('category', 'discount', 'cashback'),
    amounts('fixed_value'),
    attributes('number', 'percentage_value'),
    attributes('string', 'cashback_period'),
    attributes('boolean', 'active', 'requires_promo_code'),
    attributes('internal', 'promo_codes'),
  ],
);

/** What customers of a product are offered besides or instead of it (contract schema `ProductRecommendation`). */
export const productRecommendation = coreSchema(
  'product_recommendation',
  { name: 'Product recommendation', plural: 'Product recommendations', category: PRODUCTS },
  '{{name}}',
  [
    attributes('string', 'name'),
    choice('type', 'change', 'cross-sell', 'up-sell'),
    related('has_many', 'source_product', ['product']),
    related('has_many', 'source_price', ['price']),
    attributes('internal', 'offers'),
  ],
);
