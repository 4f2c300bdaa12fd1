-- Signing in without sending the password: an SRP-6a verifier beside the hash, sealed, under a name of its own.
alter table portal_account add column srp_user_id uuid;
alter table portal_account add column srp_sealed text;
create index portal_account_srp_user on portal_account (org_id, portal_id, srp_user_id);

-- One-time codes of an app as the second factor: the secret sealed, when it was proved first, the last time step that was used.
alter table portal_account add column totp_sealed text;
alter table portal_account add column totp_confirmed_at timestamptz;
alter table portal_account add column totp_last_step bigint;
