-- Clients may choose the ids of use cases. They are unique within the organisation (the primary key); across organisations they tell nothing and
-- hold nobody up, because every statement and everything kept in memory names the organisation as well.
drop index use_case_id;
