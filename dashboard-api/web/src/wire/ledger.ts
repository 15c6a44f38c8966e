/** What REST answers about the asset ledger. */
import { anything, flag, ident, instant, list, nullable, number, object, oneOf, record, text, withDefault } from './check';
import { name } from './rest';

/** Something wrong or doubtful in what was sent; row 0 = the whole of it. */
export const finding = object({
  row: withDefault(number, 0),
  id: withDefault(text, ''),
  column: withDefault(text, ''),
  value: withDefault(text, ''),
  code: text,
  sentence: name,
});
export type Finding = ReturnType<typeof finding>;

const pipe = object({
  id: text,
  from: withDefault(text, ''),
  lengthM: withDefault(number, 0),
  material: withDefault(text, ''),
  diameterMm: withDefault(number, 0),
  depthM: withDefault(number, 0),
  laidYear: withDefault(number, 0),
});
export type Pipe = ReturnType<typeof pipe>;
const devicePoint = object({
  metric: text,
  periodSeconds: withDefault(number, 0),
  /** What the device calls it; empty = the metric's code. */
  source: withDefault(text, ''),
  /** Unit in which the device sends it; empty = what its dialect or the metric says. */
  unit: withDefault(text, ''),
});
const device = object({
  id: text,
  name,
  /** Id of the device that speaks for it; empty = it speaks for itself. */
  gateway: withDefault(text, ''),
  /** What it is called outside; empty = its id. */
  externalId: withDefault(text, ''),
  points: withDefault(list(devicePoint), []),
});
export type Device = ReturnType<typeof device>;

/** Empty text and 0 mean not known. */
const entryFields = {
  id: text,
  domain: text,
  type: text,
  district: text,
  street: withDefault(text, ''),
  grid: withDefault(text, ''),
  name,
  longitude: number,
  latitude: number,
  inService: withDefault(flag, true),
  owner: withDefault(text, ''),
  builtYear: withDefault(number, 0),
  households: withDefault(number, 0),
  address: withDefault(text, ''),
  /** Only those that differ from the type's usual values. */
  parameters: withDefault(record(number), {}),
  upstream: withDefault(list(text), []),
  pipes: withDefault(list(pipe), []),
  devices: withDefault(list(device), []),
};
const entry = object(entryFields);
export type Entry = ReturnType<typeof entry>;

export const page = object({ facilities: list(entry), total: withDefault(number, 0), next: nullable(text) });
export type Page = ReturnType<typeof page>;

/** One facility, with the version that a change names. */
export const card = object({ ...entryFields, version: text, downstream: withDefault(list(text), []), /** Devices that have one. */ credentials: withDefault(list(text), []), warnings: withDefault(list(finding), []) });
export type Card = ReturnType<typeof card>;

const action = oneOf('created', 'updated', 'deleted');
const field = object({ field: text, before: anything, after: anything });
export type Field = ReturnType<typeof field>;

export const change = object({
  id: ident,
  time: instant,
  actor: text,
  action,
  fields: withDefault(list(field), []),
  /** Id of the change that this one took back, and of the one that took this one back. */
  undoes: nullable(ident),
  undoneBy: nullable(ident),
});
export type Change = ReturnType<typeof change>;

/** What an import did, or would do. */
export const imported = object({
  dryRun: flag,
  created: number,
  updated: number,
  unchanged: number,
  districts: withDefault(number, 0),
  streets: withDefault(number, 0),
  missing: withDefault(number, 0),
  errors: withDefault(list(finding), []),
  warnings: withDefault(list(finding), []),
  changes: withDefault(list(object({ kind: oneOf('city', 'district', 'street', 'facility'), id: text, action, fields: withDefault(list(field), []) })), []),
  changesLeftOut: withDefault(number, 0),
});
export type Imported = ReturnType<typeof imported>;

export const lack = object({
  id: text,
  facility: text,
  domain: text,
  type: text,
  district: text,
  name,
  code: text,
  field: withDefault(text, ''),
  other: withDefault(text, ''),
  sentence: name,
});
export type Lack = ReturnType<typeof lack>;
export const checksSummary = record(number);

/** A secret made for a device, shown once. */
export const newCredential = object({ device: text, username: text, password: text, topic: text });
export type NewCredential = ReturnType<typeof newCredential>;
