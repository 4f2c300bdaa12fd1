-- Orders: their numbers, the promo codes they used up, and creations that must not happen twice.

-- The next order number of an organisation. Drawn in the transaction that stores the order, so that a failed order leaves no gap.
create table order_number (
  org_id     text not null primary key,
  next_value bigint not null
);

-- Which orders have used up a promo code. The count itself stands on the coupon (promo_code_usage).
create table promo_redemption (
  org_id      text not null,
  order_id    uuid not null,
  coupon_id   uuid not null,
  promo_id    text not null,
  redeemed_at timestamptz not null,
  primary key (org_id, order_id, coupon_id, promo_id)
);

-- The order that a creating request has led to; asked when the same request comes again.
create table order_request (
  org_id       text not null,
  operation    text not null,
  -- SHA-256 of the Idempotency-Key, or of the cart.
  key_hash     text not null,
  -- SHA-256 of the body: one key must not be used for two.
  body_hash    text not null,
  order_id     uuid not null,
  requested_at timestamptz not null,
  primary key (org_id, operation, key_hash)
);
create index order_request_by_time on order_request (requested_at);
