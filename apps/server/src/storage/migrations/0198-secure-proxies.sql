-- Secure proxies are use cases, too; `changed_by` is who made the change that led to the present state: the id of a person or an access token.
alter table use_case drop constraint use_case_type_check;
alter table use_case add constraint use_case_type_check check (type in ('inbound', 'outbound', 'file_proxy', 'secure_proxy'));
alter table use_case add column changed_by text;
create index use_case_by_type on use_case (org_id, type, position);
