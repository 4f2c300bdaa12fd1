import {
  amounts,
  attributes,
  choice,
  consent,
  coreSchema,
  related,
  repeatables,
  sequence,
} from './attribute-kinds.ts';

const CUSTOMERS = 'customer_relations';

export const contact = coreSchema(
  'contact',
  { name: 'Contact', plural: 'Contacts', category: CUSTOMERS },
  '{{first_name}} {{last_name}}',
  [
    attributes('string', 'customer_number', 'salutation', 'title', 'first_name', 'last_name'),
    attributes('date', 'birthdate'),
    repeatables('email', 'email'),
    repeatables('phone', 'phone'),
    repeatables('address', 'address'),
    repeatables('payment', 'payment'),
    attributes('string', 'communication_preference'),
    attributes('boolean', 'marketing_permission'),
    consent('consent_email_marketing', 'EMAIL_MARKETING'),
    consent('consent_phone', 'PHONE_MARKETING'),
    consent('consent_letter', 'LETTER_MARKETING'),
    related('has_many', 'account', ['account'], 'contacts'),
    related('has_many', 'contracts', ['contract'], 'customer'),
    related('has_many', 'orders', ['order'], 'customer'),
    related('has_many', 'opportunities', ['opportunity']),
    related('has_many', 'portal_users', ['portal_user'], 'mapped_contact'),
  ],
);

export const account = coreSchema(
  'account',
  { name: 'Account', plural: 'Accounts', category: CUSTOMERS },
  '{{name}}',
  [
    attributes('string', 'customer_number', 'name', 'tax_id', 'registry_court', 'registry_number', 'website'),
    attributes('boolean', 'tax_exemption', 'marketing_permission'),
    attributes('string', 'industry', 'company_size'),
    amounts('annual_revenue'),
    repeatables('email', 'email'),
    repeatables('phone', 'phone'),
    repeatables('address', 'address'),
    repeatables('payment', 'payment'),
    related('has_many', 'contacts', ['contact'], 'account'),
    related('has_many', 'opportunities', ['opportunity']),
  ],
);

export const portalUser = coreSchema(
  'portal_user',
  { name: 'Portal user', plural: 'Portal users', category: CUSTOMERS },
  '{{email.0.email}}',
  [
    repeatables('email', 'email'),
    attributes(
      'string',
      'secondary_identifier',
      'origin',
      'access_status',
      'registration_status',
      'mapping_status',
    ),
    attributes('datetime', 'expires_at'),
    related('has_one', 'mapped_contact', ['contact'], 'portal_users'),
    related('has_many', 'represents', ['contact']),
  ],
);

export const ticket = coreSchema(
  'ticket',
  { name: 'Ticket', plural: 'Tickets', category: CUSTOMERS },
  '{{ticket_title}}',
  [
    sequence('ticket_number', 'T-'),
    attributes('string', 'ticket_title', 'description', 'source'),
    choice('status', 'open', 'in_progress', 'waiting', 'resolved', 'closed'),
    repeatables('payment', 'payment'),
    related('has_many', 'customer', ['contact', 'account']),
  ],
);
