import { describe, expect, it } from 'vitest';
import { testingAlarm } from '../testing/alarms';
import type { History, Limit } from '../wire/rest';
import { alarmSpans, doubts, everyMillis, fromHistory, gapAfter, join, remember, valueRange, withGaps, type Reading } from './trend';

const raw = (rows: (number | null)[][]): History => ({ point: 'p', every: 'raw', unit: '', columns: ['time', 'value'], rows });
const limit = (side: string, value: number): Limit => ({
  rule: `m.${side}`,
  side,
  value,
  formula: null,
  states: [],
  deadband: 0,
  onDelaySeconds: 0,
  grade: 2,
  statistic: 'raw',
  source: '',
  confidence: 'V',
  evaluated: true,
  version: 0,
});

describe('history', () => {
  it('is read by the names of its columns', () => {
    const series = fromHistory({ point: 'p', every: 'PT1M', unit: '', columns: ['time', 'mean', 'min', 'max', 'count'], rows: [[10, 2, 1, 3, 60]] });
    expect(series).toEqual({ times: [10], values: [2], low: [1], high: [3], rolledUp: true });
  });

  it('has no time twice and never goes back', () => {
    expect(fromHistory(raw([[1, 1], [2, 2], [2, 3], [1, 9], [4, 4]]))).toMatchObject({ times: [1, 2, 4], values: [1, 3, 4] });
  });
});

describe('joining live readings', () => {
  const stored = fromHistory(raw([[10, 1], [20, 2], [30, 3]]));

  it('neither repeats nor loses a time', () => {
    const live: Reading[] = [{ time: 20, value: 99 }, { time: 30, value: 99 }, { time: 40, value: 4 }];
    expect(join(stored, live, 0)).toMatchObject({ times: [10, 20, 30, 40], values: [1, 2, 3, 4] });
  });

  it('drops what has left the window', () => {
    expect(join(stored, [], 15).times).toEqual([20, 30]);
    expect(join(stored, [], 100).times).toEqual([]);
  });

  it('remembers at most so many, replaces the same instant and takes nothing older back in', () => {
    let tail: Reading[] = [];
    for (const time of [1, 2, 3, 4]) tail = remember(tail, { time, value: time }, 3);
    expect(tail.map((reading) => reading.time)).toEqual([2, 3, 4]);
    tail = remember(tail, { time: 4, value: 40 }, 3);
    tail = remember(tail, { time: 3, value: 99 }, 3);
    expect(tail.map((reading) => reading.value)).toEqual([2, 3, 40]);
  });
});

describe('gaps', () => {
  it('stay gaps: a null goes between neighbours that are too far apart', () => {
    const series = withGaps(fromHistory(raw([[0, 1], [10, 2], [100, 3]])), 25);
    expect(series.times).toEqual([0, 10, 55, 100]);
    expect(series.values).toEqual([1, 2, null, 3]);
  });

  it('begin beyond two and a half steps, of the period or the roll-up, whichever is longer', () => {
    expect(gapAfter(60, 'raw')).toBe(150_000);
    expect(gapAfter(60, 'PT5M')).toBe(750_000);
    expect(gapAfter(1, 'raw')).toBe(15_000);
    expect(gapAfter(0, 'raw')).toBe(Number.POSITIVE_INFINITY);
  });

  it('know the durations that history is rolled up by', () => {
    expect(['PT30S', 'PT1M', 'PT1H', 'P1D', 'raw'].map(everyMillis)).toEqual([30_000, 60_000, 3_600_000, 86_400_000, null]);
  });
});

describe('alarm periods', () => {
  it('are cut to the window, open ones last to its end, other metrics are left out', () => {
    const alarms = [
      testingAlarm({ id: 'open', onset: 50 }),
      testingAlarm({ id: 'before', onset: 10, cleared: 20 }),
      testingAlarm({ id: 'across', grade: 1, onset: 10, cleared: 45 }),
      testingAlarm({ id: 'other', metric: 'else', onset: 50 }),
    ];
    expect(alarmSpans(alarms, 'gas_station_leak_lel', 40, 100)).toEqual([
      { id: 'open', grade: 2, from: 50, to: 100 },
      { id: 'across', grade: 1, from: 40, to: 45 },
    ]);
  });
});

describe('the value axis', () => {
  it('reaches to the nearest limits on both sides', () => {
    const series = fromHistory(raw([[0, 4], [1, 6]]));
    const [low, high] = valueRange(series, [limit('ll', 1), limit('l', 2), limit('h', 10), limit('hh', 20)], null);
    expect(low).toBeLessThan(2);
    expect(low).toBeGreaterThan(1);
    expect(high).toBeGreaterThan(10);
    expect(high).toBeLessThan(20);
  });

  it('brings the next limit in once the nearer one is passed', () => {
    const [, high] = valueRange(fromHistory(raw([[0, 12]])), [limit('h', 10), limit('hh', 20)], null);
    expect(high).toBeGreaterThan(20);
  });

  it('is never empty and does not go below zero for what is not negative', () => {
    expect(valueRange(fromHistory(raw([[0, 5], [1, 5]])), [], null)).toEqual([4.44, 5.56]);
    expect(valueRange(fromHistory(raw([[0, 0], [1, 10]])), [], null)[0]).toBe(0);
    expect(valueRange(fromHistory(raw([])), [], [2, 4])).toEqual([1.88, 4.12]);
  });
});

describe('doubtful stretches', () => {
  const of = (rows: (number | null)[][]): History => ({ point: 'p', every: 'raw', unit: '', columns: ['time', 'value', 'quality'], rows });

  it('are rows side by side, up to the next good one or as far as a row reaches', () => {
    expect(doubts(of([[0, 1, null], [10, 1, 5], [20, 1, 7], [30, 2, null], [40, null, 2], [100, 1, null], [110, 1, 4]]), 15)).toEqual([
      { from: 10, to: 30, code: 7 },
      { from: 40, to: 55, code: 2 },
      { from: 110, to: 125, code: 4 },
    ]);
  });

  it('are none where history knows nothing of quality', () => {
    expect(doubts(raw([[0, 1], [10, 2]]), 15)).toEqual([]);
  });
});
