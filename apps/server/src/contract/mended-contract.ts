import { asObject, type JsonObject } from './json-object.ts';
import type { Api } from './operation-types.ts';

interface Mend {
  readonly api: Api;
  /** JSON pointer segments to the schema that is wrong. */
  readonly at: readonly string[];
  readonly reason: string;
  mend(schema: JsonObject): void;
}

const dropRequired = (schema: JsonObject) => {
  delete schema['required'];
};

/** Takes an empty object for a value that is not there. */
function orEmpty(schema: JsonObject): void {
  const whole = { ...schema };
  for (const keyword of Object.keys(schema)) delete schema[keyword];
  schema['anyOf'] = [whole, { type: 'object', maxProperties: 0 }];
}

/** Leaves what a schema says of platform members (`_id`, `_tags` ...) and forgets the types of attributes. */
function forgetAttributeTypes(schema: JsonObject): void {
  for (const part of [schema, ...(Array.isArray(schema['allOf']) ? schema['allOf'] : [])]) {
    const properties = asObject(asObject(part)['properties']);
    for (const name of Object.keys(properties)) if (!name.startsWith('_')) delete properties[name];
  }
}

/**
 * What the published contracts get wrong, one entry per mistake. General differences between OpenAPI 3.0 and what clients send are handled in
 * json-schema.ts; here stand only the places where a document contradicts itself or its own documented samples.
 */
const MENDS: readonly Mend[] = [
  ...['/v2/portal/public/user', '/v3/portal/public/user'].map((path) => ({
    api: 'customer-portal' as const,
    at: ['paths', path, 'post', 'responses', '201', 'content', 'application/json', 'schema'],
    reason: 'requires a member `response` that it never defines; the samples answer `message`',
    mend: dropRequired,
  })),
  {
    api: 'customer-portal',
    at: [
      'paths',
      '/v2/portal/recipients-to-notify',
      'post',
      'responses',
      '200',
      'content',
      'application/json',
      'schema',
    ],
    reason: 'requires `emails`, which it never defines',
    mend: dropRequired,
  },
  {
    api: 'workflow',
    at: ['components', 'schemas', 'DynamicDueDate'],
    reason: 'requires `actionType`, which it never defines; its sample has `actionTypeCondition`',
    mend(schema) {
      schema['required'] = ['numberOfUnits', 'timePeriod'];
    },
  },
  ...['AccessTokenParameters', 'AssumeTokenParameters', 'AppTokenParameters'].map((name) => ({
    api: 'access-token' as const,
    at: ['components', 'schemas', name, 'properties'],
    reason:
      'closes itself without `assume_roles`, which the documentation calls `assignments` in its examples',
    mend: (properties: JsonObject) => {
      properties['assume_roles'] = properties['assignments'];
    },
  })),
  {
    api: 'permissions',
    at: ['components', 'schemas', 'RoleSearchInput', 'properties', 'offset'],
    reason: 'has a default below its own minimum',
    mend: (schema) => {
      schema['minimum'] = 0;
    },
  },
  {
    api: 'customer-portal',
    at: ['components', 'schemas', 'ProviderConfig'],
    reason:
      'requires `provider_type` although portals of the third generation are also answered with providers that have a slug and a name only',
    mend: (schema) => {
      schema['required'] = ['display_name'];
    },
  },
  {
    api: 'customer-portal',
    at: ['components', 'schemas', 'OIDCProviderConfig'],
    reason: 'requires members that the documented samples of providers leave out',
    mend: dropRequired,
  },
  {
    api: 'customer-portal',
    at: ['components', 'schemas', 'Balance', 'properties', 'balance_decimal'],
    reason: 'says number, while its description and its sample are decimal texts',
    mend: (schema) => {
      schema['type'] = 'string';
    },
  },
  ...['Contract', 'BillingAccount'].map((name) => ({
    api: 'customer-portal' as const,
    at: ['components', 'schemas', name],
    reason:
      "types attributes of an entity by a sample, while documents carry what the organisation's schema says: addresses as lists, numbers as text (spec/entities.md §2.1)",
    mend: forgetAttributeTypes,
  })),
  {
    api: 'customer-portal',
    at: ['paths', '/v2/portal/entities-by-payment/{id}', 'get', 'parameters', '0', 'schema'],
    reason: 'wants the UUID of an entity, while the id is the `_id` of a payment item, which has any form',
    mend: (schema) => {
      delete schema['$ref'];
      schema['type'] = 'string';
    },
  },
  {
    api: 'customer-portal',
    at: ['components', 'schemas', 'InstallmentEvent'],
    reason: 'requires `due_date`, which bookings without a due day do not have',
    mend: (schema) => {
      for (const part of Array.isArray(schema['allOf']) ? schema['allOf'] : []) dropRequired(part);
    },
  },
  {
    api: 'customer-portal',
    at: ['components', 'schemas', 'Reason'],
    reason: 'lists its values, while its own sample and older clients send free text',
    mend: (schema) => {
      delete schema['enum'];
    },
  },
  {
    api: 'customer-portal',
    at: ['components', 'schemas', 'SwappableConfig'],
    reason: 'has lost values that its documented sample and older clients send',
    mend: (schema) => {
      schema['enum'] = ['email_templates', 'all', 'domain', 'users'];
    },
  },
  {
    api: 'customer-portal',
    at: ['components', 'schemas', 'SavePortalFile', 'properties', 'files', 'items', 'properties', '_tags'],
    reason: 'says list, while its own sample is one tag, and a number',
    mend: (schema) => {
      schema['anyOf'] = [{ type: schema['type'], items: schema['items'] }, { type: ['string', 'number'] }];
      for (const keyword of ['type', 'items']) delete schema[keyword];
    },
  },
  {
    api: 'entity',
    at: ['components', 'schemas', 'Activity'],
    reason:
      'closes itself with `additionalProperties: false` and is then extended through `allOf`, so that no activity could be valid',
    mend: (schema) => {
      delete schema['additionalProperties'];
    },
  },
  {
    api: 'integration-toolkit',
    at: ['components', 'schemas', 'CreateUseCaseRequestBase'],
    reason: 'requires the slug, which earlier versions of the contract and their clients do not know',
    mend: (schema) => {
      schema['required'] = ['name', 'type', 'enabled'];
    },
  },
  ...['Price', 'BaseCompositePrice', 'PriceGetAg', 'BaseCouponCommon', 'Tax', 'File'].map((name) => ({
    api: 'pricing' as const,
    at: ['components', 'schemas', name],
    reason:
      'requires members of whole or computed entities also of snapshots, which carry less (spec/pricing.md B24)',
    mend: dropRequired,
  })),
  ...['IntegrationEntity', 'IntegrationMeterReading'].map((name) => ({
    api: 'integration-toolkit' as const,
    at: ['components', 'schemas', name],
    reason:
      'requires members, while the documented use cases have entries that are left empty; they map nothing',
    mend: orEmpty,
  })),
  ...['ExternalFeeMetadata', 'ExternalPriceMetadata'].map((name) => ({
    api: 'pricing' as const,
    at: ['components', 'schemas', name],
    reason:
      'wants whole results, while the documented orders send empty metadata of items without such prices',
    mend: orEmpty,
  })),
  {
    api: 'pricing',
    at: ['components', 'schemas', 'PriceDynamicTariff'],
    reason: 'requires `markup` and `markup_decimal`, which it never defines',
    mend: dropRequired,
  },
  {
    api: 'pricing',
    at: ['components', 'schemas', 'DiscountAmounts', 'properties', 'discount_percentage'],
    reason: 'wants an integer, but percentages such as 12.5 are returned as given (spec/pricing.md B24)',
    mend: (schema) => {
      schema['type'] = 'number';
    },
  },
  ...['price_options', 'cross_sellable_products', '_availability_files'].map((name) => ({
    api: 'pricing' as const,
    at: ['components', 'schemas', 'Product', 'properties', name],
    reason: 'knows either the relation or the entities that `hydrate` puts in its place, not both',
    mend: (schema: JsonObject) => {
      for (const keyword of ['type', 'items', 'properties']) delete schema[keyword];
    },
  })),
];

/** Applies the mends to a freshly read document; throws when one no longer finds its place, so that a new SDK version is looked at. */
export function mendDocument(api: Api, document: JsonObject): void {
  for (const mend of MENDS) {
    if (mend.api !== api) continue;
    let target: unknown = document;
    for (const segment of mend.at)
      target = Array.isArray(target) ? target[Number(segment)] : asObject(target)[segment];
    if (typeof target !== 'object' || target === null) {
      throw new Error(`The ${api} contract has no ${mend.at.join(' > ')} to mend (${mend.reason})`);
    }
    mend.mend(target as JsonObject);
  }
}
