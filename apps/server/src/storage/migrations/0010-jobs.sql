-- Durable work, done at least once. A finished job is deleted; a job that has used up its attempts stays as 'dead' until it is replayed.
create table job (
  id            bigint generated always as identity primary key,
  org_id        text not null,
  queue         text not null,
  -- Jobs of one lane run one after another, in the order of their ids.
  lane          text,
  -- At most one waiting, unclaimed job per key: a wish that is already noted need not be noted again.
  coalesce_key  text,
  payload       jsonb not null,
  state         text not null default 'waiting' check (state in ('waiting', 'dead')),
  attempts      integer not null default 0,
  run_at        timestamptz not null default now(),
  claimed_by    uuid,
  claimed_until timestamptz,
  last_error    jsonb,
  created_at    timestamptz not null default now()
);
create index job_due on job (queue, run_at, id) where state = 'waiting';
create index job_lane on job (org_id, queue, lane, id) where state = 'waiting' and lane is not null;
create unique index job_coalesce on job (org_id, queue, coalesce_key)
  where state = 'waiting' and claimed_by is null and coalesce_key is not null;
create index job_dead on job (org_id, queue, id) where state = 'dead';
