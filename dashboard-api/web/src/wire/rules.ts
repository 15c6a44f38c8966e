/** What REST answers about rules and maintenance windows. */
import { flag, instant, list, nullable, number, object, oneOf, text, withDefault } from './check';
import { name } from './rest';

const scope = object({ domain: text, type: nullable(text), facility: nullable(text), device: nullable(text) });
export type Scope = ReturnType<typeof scope>;

const stated = object({
  /** A number or an expression over nameplate values; empty for states. */
  value: withDefault(text, ''),
  states: withDefault(list(number), []),
  grade: number,
  onDelaySeconds: withDefault(number, 0),
  offDelaySeconds: withDefault(number, 0),
  /** Null = as usual. */
  deadband: nullable(number),
  statistic: withDefault(text, 'raw'),
  source: withDefault(text, ''),
});
export type Stated = ReturnType<typeof stated>;

export const rule = object({
  /** Rule and scope. */
  id: text,
  rule: text,
  kind: oneOf('limit', 'learned', 'pattern'),
  scope,
  domain: text,
  /** Empty of a pattern, and of what is learned of a device's points together. */
  metric: text,
  /** Of a pattern. */
  name: withDefault(nullable(name), null),
  side: nullable(text),
  stated: nullable(stated),
  /** What the pack states of the same; null when it states nothing. */
  pack: nullable(stated),
  /** The limit as a number for the place that was asked for. */
  effective: nullable(number),
  moving: withDefault(flag, false),
  disabled: withDefault(flag, false),
  grade: withDefault(number, 0),
  changed: withDefault(flag, false),
  version: withDefault(number, 0),
  changedBy: nullable(text),
  changedAt: nullable(instant),
  validFrom: nullable(instant),
  note: withDefault(text, ''),
  confidence: nullable(text),
  evaluated: withDefault(flag, true),
  /** Why it cannot be evaluated for the place that was asked for. */
  problem: nullable(text),
});
export type Rule = ReturnType<typeof rule>;

export const version = object({
  id: text,
  rule: text,
  scope,
  version: number,
  kind: oneOf('limit', 'learned', 'maintenance', 'withdrawal'),
  changedBy: withDefault(text, ''),
  changedAt: instant,
  validFrom: instant,
  note: withDefault(text, ''),
  metric: nullable(text),
  side: nullable(text),
  stated: nullable(stated),
  disabled: withDefault(flag, false),
  grade: withDefault(number, 0),
});
export type Version = ReturnType<typeof version>;

export const maintenance = object({
  id: text,
  window: text,
  scope,
  from: instant,
  to: instant,
  state: oneOf('planned', 'active', 'over'),
  note: withDefault(text, ''),
  changedBy: withDefault(text, ''),
  changedAt: instant,
  version: number,
});
export type Maintenance = ReturnType<typeof maintenance>;
