-- Correlations are counted from a sample where there are many rows: every fourth by the hash of its id, in 256 classes of which a query reads as many as
-- it has time for. A correlation is in the sample with all of its rows or not at all.
create index inbound_monitoring_event_sample
  on inbound_monitoring_event (org_id, integration_id, (hashtext(correlation_id) & 1023), completed_at) include (correlation_id)
  where hashtext(correlation_id) & 3 = 0 and sync_type <> 'api_deprecation';
