import type { SchemaDefinition } from '../schema-definition.ts';
import { billingAccount, billingEvent, contract } from './contract-schemas.ts';
import { account, contact, portalUser, ticket } from './customer-schemas.ts';
import { emailTemplate } from './email-template-schema.ts';
import { file } from './file-schema.ts';
import { meter, meterCounter } from './metering-schemas.ts';
import {
  coupon,
  opportunity,
  order,
  price,
  product,
  productRecommendation,
  submission,
  tax,
} from './sales-schemas.ts';

/** The schemas every organisation starts with (spec/entities.md §3). */
export const CORE_SCHEMAS: readonly SchemaDefinition[] = [
  contact,
  account,
  contract,
  billingAccount,
  billingEvent,
  meter,
  meterCounter,
  order,
  opportunity,
  product,
  price,
  tax,
  coupon,
  productRecommendation,
  file,
  portalUser,
  ticket,
  submission,
  emailTemplate,
];
