-- Durable work, done at least once. A finished job is deleted; one that has used up its attempts stays as 'dead' until it is replayed.
create table job (
  org_id       text not null,
  id           bigint generated always as identity,
  queue        text not null,
  -- Jobs of one lane start in the order of their ids.
  lane         text,
  -- At most one job per key that has not been started yet: a wish that is already noted need not be noted again.
  coalesce_key text,
  payload      jsonb not null,
  -- ready: may start when its lane lets it; deferred: not before run_at; running: claimed_by works on it; dead: given up.
  state        text not null default 'ready' check (state in ('ready', 'deferred', 'running', 'dead')),
  -- Starts so far, the running one included.
  attempts     integer not null default 0,
  -- A ready job with a later run_at is a retry that keeps its place: it holds its lane until then.
  run_at       timestamptz not null,
  claimed_by   uuid,
  last_error   jsonb,
  created_at   timestamptz not null,
  primary key (org_id, id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

-- The claim reads these across organisations, so they begin with the queue.
create index job_ready on job (queue, id) where state = 'ready' and lane is null;
create index job_lane on job (queue, org_id, lane, state, id) where lane is not null and state in ('ready', 'running');
create index job_deferred on job (run_at) where state = 'deferred';
create index job_running on job (claimed_by) where state = 'running';
create index job_dead on job (org_id, queue, id) where state = 'dead';
create unique index job_coalesce on job (org_id, queue, coalesce_key) where coalesce_key is not null and state in ('ready', 'deferred');

-- Who works: a process that stops renewing its row loses its jobs to the others.
create table job_worker (
  id          uuid primary key,
  -- One per server process; the embedded database recognises the workers of a former process by it.
  process     uuid not null,
  alive_until timestamptz not null
);

-- Recurring work of the installation: whoever moves due_at does the tick.
create table recurring_task (
  name   text primary key,
  due_at timestamptz not null
);
