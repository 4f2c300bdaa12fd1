-- What `searchable_entity` is, but of use to the index of words only: the planner believes that an organisation it has no statistics of has one
-- row, and would rather read all of a new organisation through its primary key.
create view entity_by_word as
  select * from entity where org_id || '' = current_setting('busbar.org_id');
