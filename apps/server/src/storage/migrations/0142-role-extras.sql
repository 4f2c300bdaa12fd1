-- Members of a role that only some types have: `partner_org_id`, `pricing_tier`, `vendor_created`.
alter table role add column extras jsonb not null default '{}';
