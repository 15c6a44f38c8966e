-- Who speaks for a device and what it is called outside; empty = itself, and its id.
alter table device
  add column gateway text not null default '',
  add column external_id text not null default '';

-- What a device calls a metric and in which unit (UCUM) it sends it; empty = the metric's code, and what dialect or metric says.
alter table point
  add column source text not null default '',
  add column unit text not null default '';

-- When it was made, epoch ms; 0 = not known. A device's certificate from before is not believed.
alter table credential add column issued_millis bigint not null default 0;

-- What was decided about somebody who knocked: one row an id, the last decision.
create table newcomer_decision (
  -- As it calls itself; what is no id in this system is coded.
  id text primary key,
  decision text not null check (decision in ('accepted', 'dismissed')),
  -- Its newest attempt that was known at the decision, epoch ms by the city's clock: a later one may ask for another decision.
  last_millis bigint not null,
  time timestamptz not null default now(),
  actor text not null
);
