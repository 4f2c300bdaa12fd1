-- Deltas live for a minute: what they leave behind is swept away before it slows the next query down.
alter table inbound_monitoring_delta set
  (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
alter table outbound_monitoring_delta set
  (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
