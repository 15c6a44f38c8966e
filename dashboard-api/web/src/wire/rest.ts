/** What REST answers, as types and checks in one. Times are epoch ms here, whatever they were on the wire. */
import { anything, flag, ident, instant, list, nullable, number, object, oneOf, pair, record, text, withDefault, type Check } from './check';

export interface Name {
  zh: string;
  en: string;
}
export const name: Check<Name> = object({ zh: text, en: text });

const grade = oneOf(1, 2, 3, 4);
export type Grade = 1 | 2 | 3 | 4;
export const GRADES: readonly Grade[] = [1, 2, 3, 4];

export const session = object({
  user: object({ id: text, name: withDefault(text, ''), roles: list(text) }),
  serverTime: instant,
  zone: text,
  /** The city's clock when it is not the wall clock. */
  clock: withDefault(nullable(object({ from: instant, anchor: instant, speed: number })), null),
  version: text,
  channels: withDefault(object({ mail: flag, webhook: flag }), { mail: false, webhook: false }),
});
export type Session = ReturnType<typeof session>;

const metric = object({
  code: text,
  name,
  unit: text,
  range: nullable(pair(number, number)),
  normal: nullable(pair(number, number)),
  period: withDefault(number, 0),
  kind: text,
  states: withDefault(record(name), {}),
  decimals: withDefault(number, 2),
  /** Id of the domain's procedure for its alarms. */
  procedure: nullable(text),
});
export type Metric = ReturnType<typeof metric>;

const parameter = object({ code: text, name, unit: withDefault(text, ''), states: withDefault(record(name), {}) });
export type Parameter = ReturnType<typeof parameter>;

const pack = object({
  id: text,
  name,
  parameters: withDefault(list(parameter), []),
  /** `parameters` of a type: the usual values of its nameplate. */
  facilityTypes: withDefault(list(object({ id: text, name, parameters: withDefault(record(number), {}), fedBy: withDefault(list(text), []) })), []),
  metrics: withDefault(list(metric), []),
  procedures: withDefault(list(object({ id: text, name, steps: list(name) })), []),
});

export const catalogue = object({
  city: object({ name, zone: withDefault(text, 'Asia/Shanghai') }),
  districts: list(object({ id: text, name, boundary: withDefault(list(pair(number, number)), []) })),
  rates: withDefault(list(object({ code: text, name, unit: withDefault(text, '%'), target: nullable(number) })), []),
  rejectReasons: withDefault(record(name), {}),
  rejectRemedies: withDefault(record(name), {}),
  streets: withDefault(list(object({ id: text, district: text, name })), []),
  domains: list(pack),
  /** What all domains share: metrics of devices and procedures for them. */
  common: withDefault(nullable(pack), null),
});
export type Catalogue = ReturnType<typeof catalogue>;
export type District = Catalogue['districts'][number];
export type Street = Catalogue['streets'][number];
export type Domain = Catalogue['domains'][number];
export type Procedure = Domain['procedures'][number];

export type FacilityState = 'run' | 'stop' | 'fault' | 'unknown';
const facilityState: Check<FacilityState> = oneOf('run', 'stop', 'fault', 'unknown');

const facilityFields = {
  id: text,
  domain: text,
  type: text,
  district: text,
  name,
  longitude: number,
  latitude: number,
  inService: withDefault(flag, true),
  state: withDefault(facilityState, 'unknown'),
  /** Worst grade of its open alarms, 0 = none. */
  grade: withDefault(number, 0),
  unacked: withDefault(number, 0),
  activeAlarms: withDefault(number, 0),
  lastTime: nullable(instant),
  headline: nullable(object({ metric: text, device: withDefault(text, ''), value: nullable(number) })),
};
export const facility = object(facilityFields);
export type Facility = ReturnType<typeof facility>;

const limit = object({
  rule: text,
  side: text,
  /** Null for states and for a limit that moves. */
  value: nullable(number),
  /** Of a limit that moves with other metrics, the hour or the district; otherwise null. */
  formula: nullable(text),
  states: withDefault(list(number), []),
  deadband: withDefault(number, 0),
  onDelaySeconds: withDefault(number, 0),
  grade,
  statistic: withDefault(text, 'raw'),
  source: withDefault(text, ''),
  confidence: withDefault(text, 'K'),
  evaluated: withDefault(flag, true),
  /** Of what people made of it; 0 = as the pack states it. */
  version: withDefault(number, 0),
});
export type Limit = ReturnType<typeof limit>;

export const point = object({
  id: text,
  metric: text,
  name,
  unit: text,
  periodSeconds: withDefault(number, 0),
  decimals: withDefault(number, 2),
  range: nullable(pair(number, number)),
  normal: nullable(pair(number, number)),
  kind: withDefault(text, 'analog'),
  states: withDefault(record(name), {}),
  limits: withDefault(list(limit), []),
  latest: nullable(object({ time: instant, value: nullable(number), quality: withDefault(text, 'good'), since: withDefault(nullable(instant), null), learning: withDefault(nullable(text), null), ready: withDefault(nullable(instant), null) })),
});
export type Point = ReturnType<typeof point>;

export const facilityDetail = object({
  ...facilityFields,
  parameters: withDefault(record(number), {}),
  upstream: withDefault(list(text), []),
  devices: withDefault(list(object({ id: text, name, credential: withDefault(flag, false), points: list(point) })), []),
});
export type FacilityDetail = ReturnType<typeof facilityDetail>;
export type Device = FacilityDetail['devices'][number];

export const history = object({
  point: text,
  every: text,
  unit: withDefault(text, ''),
  columns: list(text),
  rows: list(list(nullable(number))),
});
export type History = ReturnType<typeof history>;

export type AlarmState = 'unacked' | 'acked' | 'returned_unacked' | 'closed';

const member = object({
  facility: text,
  facilityName: nullable(name),
  device: text,
  metric: text,
  metricName: nullable(name),
  unit: withDefault(text, ''),
  symptom: text,
  symptomName: nullable(name),
  onset: instant,
  cleared: nullable(instant),
  peak: nullable(number),
});
export type Member = ReturnType<typeof member>;
export const VERDICTS = ['real', 'false', 'expected'] as const;
export type Verdict = (typeof VERDICTS)[number];

const alarmFields = {
  id: text,
  version: withDefault(number, 0),
  rule: text,
  kind: withDefault(oneOf('process', 'instrument', 'incident'), 'process' as const),
  grade,
  state: oneOf('unacked', 'acked', 'returned_unacked', 'closed'),
  active: flag,
  acked: withDefault(flag, false),
  historic: withDefault(flag, false),
  facility: text,
  facilityName: nullable(name),
  domain: text,
  district: text,
  metric: text,
  metricName: nullable(name),
  unit: withDefault(text, ''),
  side: withDefault(text, ''),
  limit: nullable(number),
  deadband: withDefault(number, 0),
  onDelaySeconds: withDefault(number, 0),
  source: withDefault(text, ''),
  confidence: withDefault(text, 'K'),
  onset: instant,
  raised: instant,
  last: nullable(instant),
  cleared: nullable(instant),
  peak: nullable(number),
  peakTime: nullable(instant),
  lastValue: nullable(number),
  devices: withDefault(list(text), []),
  samples: withDefault(list(object({ device: withDefault(text, ''), time: instant, value: nullable(number) })), []),
  ackedBy: nullable(text),
  ackedAt: nullable(instant),
  comments: withDefault(number, 0),
  /** Id of what to do: a procedure of its domain, or a common one. */
  procedure: nullable(text),
  /** What it is about: the metric, a device, an incident. */
  title: nullable(name),
  raisedCount: withDefault(number, 1),
  /** Why it never was; null when it was. */
  withdrawn: nullable(text),
  statistic: withDefault(text, ''),
  /** Of the rule as changed by people; 0 = as the pack has it. */
  ruleVersion: withDefault(number, 0),
  /** Null when nothing learned is behind it; values in the alarm's unit. */
  learned: nullable(
    object({
      expected: nullable(number),
      low: nullable(number),
      high: nullable(number),
      shape: withDefault(text, ''),
      score: withDefault(number, 0),
      falseAlarmsPerMonth: withDefault(number, 0),
      tolerance: withDefault(number, 1),
      widenedBy: withDefault(list(text), []),
      contributions: withDefault(list(object({ metric: text, metricName: nullable(name), share: number })), []),
    }),
  ),
  /** Id of the incident that it is part of. */
  incident: nullable(text),
  /** What an incident is made of, by onset. */
  members: withDefault(list(member), []),
  verdict: nullable(object({ word: oneOf('real', 'false', 'expected'), by: text, at: instant, note: withDefault(text, '') })),
};
export const alarm = object(alarmFields);
export type Alarm = ReturnType<typeof alarm>;

export const alarmDetail = object({
  ...alarmFields,
  history: withDefault(
    list(object({ time: instant, actor: withDefault(text, ''), action: text, note: withDefault(text, '') })),
    [],
  ),
});
export type AlarmDetail = ReturnType<typeof alarmDetail>;

export const rate = object({
  id: withDefault(ident, ''),
  scope: text,
  code: text,
  period: text,
  windowStart: instant,
  windowEnd: instant,
  value: nullable(number),
  numerator: withDefault(number, 0),
  denominator: withDefault(number, 0),
  coverage: nullable(number),
  revision: withDefault(number, 0),
  closed: withDefault(flag, false),
});
export type Rate = ReturnType<typeof rate>;

export const rejected = object({
  id: ident,
  time: instant,
  reason: text,
  detail: withDefault(text, ''),
  topic: withDefault(text, ''),
  client: withDefault(text, ''),
  device: withDefault(text, ''),
  payload: withDefault(text, ''),
});
export type Rejected = ReturnType<typeof rejected>;

export const rejectedSummary = object({ counts: record(number), since: nullable(instant) });
export type RejectedSummary = ReturnType<typeof rejectedSummary>;

const person = object({
  id: text,
  name: text,
  email: withDefault(text, ''),
  phone: withDefault(text, ''),
  webhook: withDefault(text, ''),
});
export type Person = ReturnType<typeof person>;
const shift = object({ id: text, person: text, from: instant, to: instant, role: oneOf('officer', 'leader') });
export type Shift = ReturnType<typeof shift>;
export const roster = object({ persons: list(person), shifts: list(shift) });
export type Roster = ReturnType<typeof roster>;
/** The roster with the stretches of the coming days in which nobody is on duty. */
export const rosterView = object({
  persons: list(person),
  shifts: list(shift),
  gaps: withDefault(list(object({ from: instant, to: instant })), []),
});
export type RosterView = ReturnType<typeof rosterView>;

/** Officers come as persons; a bare id is a person of whom only the id is known. */
const onDuty: Check<Person> = (value, place) =>
  typeof value === 'string' ? { id: value, name: value, email: '', phone: '', webhook: '' } : person(value, place);
export const duty = object({
  officers: withDefault(list(onDuty), []),
  leaders: withDefault(list(onDuty), []),
  /** What is wrong with the roster now. */
  warning: nullable(name),
  until: nullable(instant),
});
export type Duty = ReturnType<typeof duty>;

export const notification = object({
  id: ident,
  alarm: withDefault(text, ''),
  person: withDefault(text, ''),
  personName: withDefault(text, ''),
  step: withDefault(text, ''),
  detail: withDefault(text, ''),
  created: nullable(instant),
  channel: text,
  state: text,
  attempts: withDefault(list(object({ time: instant, ok: withDefault(flag, false), detail: withDefault(text, '') })), []),
  nextAttempt: nullable(instant),
});
export type Notification = ReturnType<typeof notification>;

const part = object({ status: withDefault(text, 'UNKNOWN'), detail: withDefault(anything, '') });
export type Part = ReturnType<typeof part>;
export const health = object({
  status: text,
  version: withDefault(text, ''),
  time: nullable(instant),
  parts: withDefault(record(part), {}),
});
export type Health = ReturnType<typeof health>;

export const pipeline = object({
  parts: withDefault(record(anything), {}),
  ingest: nullable(
    object({
      received: nullable(number),
      accepted: nullable(number),
      rejected: nullable(number),
      perSecond: nullable(number),
      /** Mean over ten seconds from a reading's time to Kafka, ms. */
      lagMillis: nullable(number),
      rejectedPerMinute: nullable(number),
      inFlight: nullable(number),
      connections: nullable(number),
      reconnectsPerMinute: nullable(number),
      /** Counters of messages that were left out and are awaited; those given up are gaps. */
      missing: nullable(number),
      gaps: nullable(number),
      refused: nullable(number),
    }),
  ),
  lag: withDefault(record(anything), {}),
  checkpoints: anything,
});
export type Pipeline = ReturnType<typeof pipeline>;
