import {
  amounts,
  attributes,
  choice,
  coreSchema,
  durations,
  numbers,
  related,
  repeatables,
} from './attribute-kinds.ts';

const BILLING = 'billing';

export const contract = coreSchema(
  'contract',
  { name: 'Contract', plural: 'Contracts', category: BILLING },
  '{{contract_name}}',
  [
    attributes('string', 'contract_number', 'account_number', 'contract_name', 'description', 'type'),
    choice(
      'status',
      ...[
        'draft',
        'in_approval_process',
        'approved',
        'active',
        'deactivated',
        'revoked',
        'terminated',
        'expired',
      ],
    ),
    choice('branch', 'power', 'gas', 'water', 'waste_water', 'district_heating'),
    attributes('date', 'start_date', 'end_date', 'move_in_date', 'move_out_date', 'termination_date'),
    attributes('string', 'termination_reason'),
    choice('billing_period', 'weekly', 'monthly', 'every_quarter', 'every_6_months', 'yearly'),
    durations('billing_duration', 'notice_time', 'termination_time', 'renewal_duration'),
    numbers('billing_due_day'),
    amounts('installment_amount', 'balance'),
    attributes('relation_address', 'billing_address', 'additional_addresses'),
    repeatables('address', 'delivery_address'),
    repeatables('payment', 'payment'),
    attributes('internal', 'line_items', 'total_details'),
    attributes('datetime', 'last_sync_at'),
    related('has_many', 'customer', ['contact', 'account'], 'contracts'),
    related('has_one', 'billing_account', ['billing_account'], 'contracts'),
    related('has_many', 'meters', ['meter'], 'contract'),
    related('has_many', 'order', ['order']),
    attributes('relation_user', 'assignee'),
  ],
);

export const billingAccount = coreSchema(
  'billing_account',
  { name: 'Billing account', plural: 'Billing accounts', category: BILLING },
  '{{billing_account_number}}',
  [
    attributes('string', 'billing_account_number'),
    amounts('balance'),
    attributes('relation_address', 'billing_address'),
    repeatables('payment', 'payment_method'),
    related('has_many', 'billing_contact', ['contact', 'account']),
    related('has_many', 'contracts', ['contract'], 'billing_account'),
  ],
);

export const billingEvent = coreSchema(
  'billing_event',
  { name: 'Billing event', plural: 'Billing events', category: BILLING },
  '{{type}} {{booking_date}}',
  [
    choice(
      'type',
      ...[
        'installment',
        'payment',
        'reimbursement',
        'dunning_fee',
        'chargeback',
        'invoice',
        'final_bill',
        'bonus',
      ],
      'correction',
    ),
    choice('direction', 'debit', 'credit'),
    numbers('billing_amount'),
    attributes('string', 'billing_amount_decimal', 'billing_currency'),
    attributes('date', 'booking_date', 'due_date', 'paid_date'),
    choice('status', 'open', 'closed'),
    attributes('string', 'note', 'internal_note'),
    attributes('link', 'external_link'),
    related('has_many', 'contract', ['contract']),
    related('has_many', 'billing_account', ['billing_account']),
    related('has_many', 'related_event', ['billing_event']),
    { name: 'attachments', label: 'Attachments', type: 'file', relation_type: 'has_many', multiple: true },
  ],
);
