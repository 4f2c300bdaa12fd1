-- Old proofs are found by age, every hour.
create index portal_challenge_old on portal_challenge (created_at);
