-- The underground census (普查): streets and grids, who owns what and since when, pipes, and every change of it.
create table street (
  id text primary key,
  district text not null references district,
  position int not null,
  name_zh text not null,
  name_en text not null
);
create index street_of_district on street (district);

alter table facility
  add column street text references street,
  -- Empty or 0 = not known.
  add column grid text not null default '',
  add column owner text not null default '',
  add column built_year int not null default 0,
  add column households int not null default 0,
  add column address text not null default '';
create index facility_of_street on facility (street);
create index facility_of_district on facility (district);

-- The pipes that lead to a facility. No reference to the one they come from: that may be taken away, and then a check says so.
create table pipe (
  facility text not null references facility on delete cascade,
  id text not null,
  position int not null,
  from_facility text not null,
  length_m double precision not null check (length_m > 0),
  material text not null,
  diameter_mm int not null,
  depth_m double precision not null,
  laid_year int not null,
  primary key (facility, id)
);

-- One row for each district, street or facility that a change touched; audit names the change as a whole.
create table asset_change (
  id bigint generated always as identity primary key,
  audit bigint not null references audit,
  time timestamptz not null default now(),
  actor text not null,
  kind text not null check (kind in ('city', 'district', 'street', 'facility')),
  subject text not null,
  action text not null check (action in ('created', 'updated', 'deleted')),
  -- [{"field", "before", "after"}]; empty for what was created, everything there was for what was deleted
  fields jsonb not null,
  -- The change that this one took back, and the one that took this one back.
  undoes bigint references asset_change,
  undone_by bigint references asset_change
);
create index asset_change_of_subject on asset_change (kind, subject, id desc);
