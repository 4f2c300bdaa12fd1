-- Steps that were there before due dates were watched: a job per running workflow has them watched.
insert into job (org_id, queue, payload, state, run_at, created_at)
select org_id, 'workflow-step-due', jsonb_build_object('executionId', id), 'ready', now(), now()
  from workflow_execution where status = 'STARTED' and body::text like '%"dueDate"%';
