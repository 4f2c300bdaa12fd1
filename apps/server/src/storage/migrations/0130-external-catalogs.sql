-- Components of type EXTERNAL_PRODUCT_CATALOG of installed apps, as the apps define them (spec/pricing.md B20).
create table external_catalog_component (
  org_id       text not null,
  app_id       text not null,
  component_id text not null,
  definition   jsonb not null,
  -- The organisation's values for the options: one sealed text.
  options      text not null,
  installed_at timestamptz not null,
  primary key (org_id, app_id, component_id)
);
