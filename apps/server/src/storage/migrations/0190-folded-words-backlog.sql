-- Organisations whose entities were stored before words were indexed without accents too, and how far a recurring job has come with each.
create table folded_words_backlog (
  org_id text not null primary key,
  -- Entities up to this id are done.
  done   uuid not null default '00000000-0000-0000-0000-000000000000'
);
insert into folded_words_backlog (org_id) select distinct org_id from entity;
