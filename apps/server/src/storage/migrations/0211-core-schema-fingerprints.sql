-- Which core schema of the server a saved version is, as a fingerprint; null for what an organisation has saved itself. 'first' is one of an earlier
-- version of the server: what an organisation was founded with, all in one statement and therefore at one instant.
alter table entity_schema add column core_fingerprint text;
update entity_schema s set core_fingerprint = 'first'
  from (select org_id, min(created_at) as founded from entity_schema group by org_id) o
 where o.org_id = s.org_id and s.version = 1 and s.created_at = o.founded
   and s.slug in ('contact', 'account', 'contract', 'billing_account', 'billing_event', 'meter', 'meter_counter', 'order', 'opportunity', 'product',
                  'price', 'tax', 'coupon', 'product_recommendation', 'file', 'portal_user', 'ticket', 'submission', 'email_template');
