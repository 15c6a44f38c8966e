/** A trend: history from the store, continued by live readings, with its gaps kept as gaps. */
import type { Alarm, History, Limit } from '../wire/rest';

export interface Series {
  /** Epoch ms, ascending, no time twice. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  /** Present for rolled-up history; live readings are their own minimum and maximum. */
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly rolledUp: boolean;
}

export interface Reading {
  readonly time: number;
  readonly value: number | null;
}

export const NO_SERIES: Series = { times: [], values: [], low: [], high: [], rolledUp: false };

export function fromHistory(history: History): Series {
  const at = (name: string): number => history.columns.indexOf(name);
  const time = at('time');
  const rolledUp = at('mean') >= 0;
  const value = rolledUp ? at('mean') : at('value');
  const low = rolledUp ? at('min') : value;
  const high = rolledUp ? at('max') : value;
  const times: number[] = [];
  const values: (number | null)[] = [];
  const lows: (number | null)[] = [];
  const highs: (number | null)[] = [];
  for (const row of history.rows) {
    const when = row[time];
    if (when === null || when === undefined) continue;
    const last = times.at(-1);
    if (last !== undefined && when < last) continue;
    if (last === when) {
      times.pop();
      values.pop();
      lows.pop();
      highs.pop();
    }
    times.push(when);
    values.push(row[value] ?? null);
    lows.push(row[low] ?? null);
    highs.push(row[high] ?? null);
  }
  return { times, values, low: lows, high: highs, rolledUp };
}

/** Appends live readings newer than the history's end, and drops what is older than `from`. */
export function join(series: Series, live: readonly Reading[], from: number): Series {
  const last = series.times.at(-1) ?? Number.NEGATIVE_INFINITY;
  const fresh = live.filter((reading) => reading.time > last);
  const first = series.times.findIndex((time) => time >= from);
  const start = first < 0 ? series.times.length : first;
  if (fresh.length === 0 && start === 0) return series;
  const added = fresh.map((reading) => reading.value);
  return {
    times: [...series.times.slice(start), ...fresh.map((reading) => reading.time)],
    values: [...series.values.slice(start), ...added],
    low: [...series.low.slice(start), ...added],
    high: [...series.high.slice(start), ...added],
    rolledUp: series.rolledUp,
  };
}

/** Adds a reading to the live tail; a newer value for the same instant replaces it, older ones are not taken back in. */
export function remember(tail: readonly Reading[], reading: Reading, most: number): Reading[] {
  const last = tail.at(-1);
  if (last && reading.time < last.time) return [...tail];
  const next = last && reading.time === last.time ? tail.slice(0, -1) : tail.slice(-(most - 1));
  return [...next, reading];
}

/** Milliseconds between neighbours beyond which a line would claim what nobody measured. */
export function gapAfter(periodSeconds: number, every: string): number {
  const step = Math.max(periodSeconds * 1000, everyMillis(every) ?? 0);
  return step === 0 ? Number.POSITIVE_INFINITY : Math.max(step * 2.5, 15_000);
}

/** `PT1M`, `PT15M`, `PT1H`, `PT30S` to ms; null for `raw` or what is not a simple duration. */
export function everyMillis(every: string): number | null {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(every);
  if (!match) return null;
  const [, days, hours, minutes, seconds] = match.map((part) => Number(part ?? 0));
  const total = (((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!) * 1000;
  return total > 0 ? total : null;
}

/** Puts a null between neighbours that are too far apart, so that the line breaks. */
export function withGaps(series: Series, limit: number): Series {
  if (!Number.isFinite(limit)) return series;
  const times: number[] = [];
  const values: (number | null)[] = [];
  const low: (number | null)[] = [];
  const high: (number | null)[] = [];
  series.times.forEach((time, index) => {
    const before = series.times[index - 1];
    if (before !== undefined && time - before > limit) {
      times.push(before + Math.floor((time - before) / 2));
      values.push(null);
      low.push(null);
      high.push(null);
    }
    times.push(time);
    values.push(series.values[index] ?? null);
    low.push(series.low[index] ?? null);
    high.push(series.high[index] ?? null);
  });
  return { ...series, times, values, low, high };
}

export interface Span {
  readonly id: string;
  readonly grade: number;
  readonly from: number;
  readonly to: number;
}

/** A stretch of history whose values are not simply good. */
export interface Doubt {
  readonly from: number;
  readonly to: number;
  /** Quality code; of several the greatest. */
  readonly code: number;
}

/**
 * Neighbouring rows of history that are not good, put together.
 *
 * @param reach how long a row stands when none follows, ms
 */
export function doubts(history: History, reach: number): Doubt[] {
  const time = history.columns.indexOf('time');
  const quality = history.columns.indexOf('quality');
  const found: Doubt[] = [];
  if (quality < 0) return found;
  let open = null as Doubt | null;
  for (const row of history.rows) {
    const when = row[time];
    if (when === null || when === undefined) continue;
    const code = row[quality] ?? 0;
    if (open !== null && (code === 0 || when > open.to)) {
      found.push({ ...open, to: Math.min(open.to, when) });
      open = null;
    }
    if (code > 0) open = { from: open?.from ?? when, to: when + reach, code: Math.max(open?.code ?? 0, code) };
  }
  if (open !== null) found.push(open);
  return found;
}

/** The alarm periods of one metric within a window; an open alarm lasts to the window's end. */
export function alarmSpans(alarms: readonly Alarm[], metric: string, from: number, to: number): Span[] {
  return alarms
    .filter((alarm) => alarm.metric === metric)
    .map((alarm) => ({ id: alarm.id, grade: alarm.grade, from: Math.max(alarm.onset, from), to: Math.min(alarm.cleared ?? to, to) }))
    .filter((span) => span.to > span.from)
    .sort((a, b) => b.grade - a.grade || a.from - b.from);
}

/**
 * Range of the value axis: everything that was measured, and never so near that the closest limits are out of sight.
 * Limits further out come in once a value has passed the nearer one.
 */
export function valueRange(series: Series, limits: readonly Limit[], normal: readonly [number, number] | null): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of series.low) if (value !== null && value < low) low = value;
  for (const value of series.high) if (value !== null && value > high) high = value;
  if (low > high) [low, high] = normal ?? [0, 1];
  const values = limits.filter((limit) => limit.value !== null && limit.side !== 'state');
  const upper = values.filter((limit) => !limit.side.startsWith('l')).map((limit) => limit.value!);
  const lower = values.filter((limit) => limit.side.startsWith('l')).map((limit) => limit.value!);
  const nextUp = Math.min(...upper.filter((value) => value >= high), Number.POSITIVE_INFINITY);
  const nextDown = Math.max(...lower.filter((value) => value <= low), Number.NEGATIVE_INFINITY);
  if (Number.isFinite(nextUp)) high = nextUp;
  if (Number.isFinite(nextDown)) low = nextDown;
  if (high === low) {
    high += Math.abs(high) * 0.1 || 1;
    low -= Math.abs(low) * 0.1 || 1;
  }
  const margin = (high - low) * 0.06;
  return [low >= 0 && low - margin < 0 ? 0 : low - margin, high + margin];
}
