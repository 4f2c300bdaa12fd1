-- What is remembered about a purged entity goes with it.
create index portal_file_seen_by_file on portal_file_seen (org_id, file_id);
create index campaign_recipient_by_entity on campaign_recipient (org_id, entity_id);
