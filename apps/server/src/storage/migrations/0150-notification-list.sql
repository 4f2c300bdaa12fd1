-- A portal user's notifications, newest first, a page at a time.
create index portal_notification_newest on portal_notification (org_id, portal_user_id, created_at desc, id desc);
-- How many of them are unread is asked with every page.
create index portal_notification_unread on portal_notification (org_id, portal_user_id) where status = 'unread';
