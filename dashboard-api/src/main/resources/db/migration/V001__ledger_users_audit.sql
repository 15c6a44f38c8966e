-- The city: one row.
create table city (
  only_one boolean primary key default true check (only_one),
  name_zh text not null,
  name_en text not null
);
insert into city (name_zh, name_en) values ('示范市', 'Demo City');

create table district (
  id text primary key,
  position int not null,
  name_zh text not null,
  name_en text not null,
  -- [[longitude, latitude], …], closed
  boundary jsonb not null
);

create table facility (
  id text primary key,
  domain text not null,
  type text not null,
  district text not null references district,
  name_zh text not null,
  name_en text not null,
  longitude double precision not null,
  latitude double precision not null,
  -- {"name": number}: only those that differ from the pack's defaults
  parameters jsonb not null,
  in_service boolean not null,
  upstream text[] not null
);

create table device (
  id text primary key,
  facility text not null references facility on delete cascade,
  position int not null,
  name_zh text not null,
  name_en text not null
);
create index device_of_facility on device (facility);

create table point (
  device text not null references device on delete cascade,
  metric text not null,
  position int not null,
  -- 0 = the metric's own period
  period_seconds int not null,
  primary key (device, metric)
);

-- SHA-256 of salt + secret; secrets are 32 random bytes, so a slow hash would only cost the door time.
create table credential (
  device text primary key references device on delete cascade,
  salt bytea not null,
  hash bytea not null
);

create table app_user (
  id text primary key,
  name text not null,
  password text not null,
  roles text[] not null,
  enabled boolean not null default true,
  -- grows with every change, so that open sessions notice
  stamp bigint not null default 1,
  created timestamptz not null default now()
);

create table audit (
  id bigint generated always as identity primary key,
  time timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  detail text not null
);
