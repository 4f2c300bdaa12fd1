-- The walk from lane to lane is a series of probes in the order of an index. While the table is believed to be small, reading all of an
-- organisation's jobs and sorting them looks as cheap to the planner, and with thousands of jobs each probe then reads them all.
alter function claim_jobs(text, uuid, integer, integer, integer, text[], text, text, timestamptz) set enable_sort = off;
alter function claim_jobs(text, uuid, integer, integer, integer, text[], text, text, timestamptz) set enable_bitmapscan = off;
