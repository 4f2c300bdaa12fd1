-- Prices of electricity exchanges. They are the same for every organisation, so they belong to the installation and have no org_id.

-- A day of delivery, from midnight to midnight where the bidding zone is.
create table spot_price_day (
  market             text not null,
  bidding_zone       text not null,
  delivery_day       date not null,
  starts_at          timestamptz not null,
  -- Length of one price's time: 15 or 60.
  resolution_minutes integer not null,
  -- In order of time: billionths of a euro per kWh, null where the source had none.
  prices             jsonb not null,
  source             text not null,
  imported_at        timestamptz not null,
  primary key (market, bidding_zone, delivery_day)
);
