import type { CatalogEvent } from './catalog-event.ts';
import { EXAMPLE_CONTRACT, EXAMPLE_CUSTOMER } from './example-entities.ts';

/** The portal access webhook (spec/portal.md §11.1): fires at most once a minute for the same user and subject. */
export const ACCESS_EVENT: CatalogEvent = {
  name: 'PortalEntityAccessed',
  title: 'Opened in a portal',
  description: 'A portal user signed in or opened an entity or a list',
  version: '1.0',
  tags: ['builtin', 'portal', 'access'],
  fields: {
    analytics_name: {
      required: true,
      schema: {
        type: 'string',
        description:
          '`user_logged_in` at sign-in, otherwise the schema with `_viewed`, such as `contract_viewed`',
      },
    },
    schema: { required: true, schema: { type: 'string', description: 'Schema of what was opened' } },
    entity: {
      schema: { type: 'object', description: 'What was opened, at sign-in the contact; missing for lists' },
    },
    caller: { required: true, schema: { type: 'object', description: 'The portal user and the portal' } },
  },
  example: {
    analytics_name: 'contract_viewed',
    schema: 'contract',
    entity: EXAMPLE_CONTRACT,
    caller: {
      portal_user_id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c05',
      contact_entity_id: EXAMPLE_CUSTOMER._id,
      email: 'gesine.harms@example.org',
      portal_origin: 'END_CUSTOMER_PORTAL',
      portal_id: 'b6a1a2c4-1d57-4f4a-8a3e-3d1f5a2b7c10',
    },
  },
};
