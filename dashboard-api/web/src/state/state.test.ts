import { describe, expect, it } from 'vitest';
import type { Rate, Roster } from '../wire/rest';
import { backoff, NO_CONNECTION, statusOf } from './connection';
import { centre, fit, path, type Place } from './map';
import { qualityOf } from './quality';
import { isBelow, overlay, parseScope } from './rates';
import { addPerson, addShift, changePerson, changeShift, isComplete, phaseOf, removePerson } from './roster';
import { slots } from './slots';
import { NO_ORDER, reorder } from './tableOrder';

describe('connection status', () => {
  it('is connecting for a moment only', () => {
    const started = { ...NO_CONNECTION, lostSince: 1000 };
    expect(statusOf(started, 1000)).toBe('connecting');
    expect(statusOf(started, 4000)).toBe('lost');
  });

  it('does not flicker when a dropped connection is back within two seconds', () => {
    const dropped = { ...NO_CONNECTION, lastFrame: 10_000, lostSince: 10_500 };
    expect(statusOf(dropped, 12_000)).toBe('live');
    expect(statusOf(dropped, 12_501)).toBe('lost');
  });

  it('never waits less than a quarter second or more than half a minute', () => {
    expect(backoff(0, 0)).toBe(250);
    expect(backoff(50, 1)).toBe(30_000);
  });
});

describe('quality', () => {
  const seen = { value: 1, time: 0, quality: 'good', since: null, learning: null, ready: null };
  it.each([
    [0, 'good'],
    [125_000, 'good'],
    [125_001, 'late'],
    [305_000, 'late'],
    [305_001, 'stale'],
  ])('of a minute’s point at age %i ms is %s', (age, expected) => {
    expect(qualityOf(seen, 60, age, true)).toBe(expected);
  });

  it('of a point that reports on change does not age', () => {
    expect(qualityOf(seen, 0, 1e12, true)).toBe('good');
  });

  it('says lost before anything else, none when nothing ever came', () => {
    expect(qualityOf(seen, 60, 0, false)).toBe('lost');
    expect(qualityOf(null, 60, 0, false)).toBe('none');
  });

  it('is bad when the pipeline said so or there is no number, stale when silent', () => {
    expect(qualityOf({ ...seen, quality: 'OUT_OF_RANGE' }, 60, 0, true)).toBe('bad');
    expect(qualityOf({ ...seen, value: null }, 60, 0, true)).toBe('bad');
    expect(qualityOf({ ...seen, quality: 'stuck' }, 60, 0, true)).toBe('bad');
    expect(qualityOf({ ...seen, quality: 'rate' }, 60, 0, true)).toBe('bad');
    expect(qualityOf({ ...seen, quality: 'silent' }, 60, 0, true)).toBe('stale');
    expect(qualityOf({ ...seen, value: null, quality: 'offline' }, 60, 1e9, true)).toBe('offline');
  });

  it('is doubtful where the value may be right, and then too only while it is fresh', () => {
    expect(qualityOf({ ...seen, quality: 'noise' }, 60, 0, true)).toBe('doubtful');
    expect(qualityOf({ ...seen, quality: 'clock' }, 60, 0, true)).toBe('doubtful');
    expect(qualityOf({ ...seen, quality: 'noise' }, 60, 400_000, true)).toBe('stale');
  });
});

describe('a table under the pointer', () => {
  it('keeps its order while held, and takes the right one when let go', () => {
    const first = reorder(NO_ORDER, ['a', 'b', 'c'], false);
    const held = reorder(first, ['c', 'a', 'b'], true);
    expect(held).toEqual({ shown: ['a', 'b', 'c'], held: true, pending: true });
    expect(reorder(held, ['c', 'a', 'b'], false)).toEqual({ shown: ['c', 'a', 'b'], held: false, pending: false });
  });

  it('takes in what came at the end and drops what went at once', () => {
    const first = reorder(NO_ORDER, ['a', 'b', 'c'], false);
    expect(reorder(first, ['d', 'a', 'c'], true).shown).toEqual(['a', 'c', 'd']);
  });
});

describe('rates', () => {
  const rate: Rate = {
    id: 'r',
    scope: 'city',
    code: 'c',
    period: 'hour',
    windowStart: 3_600_000,
    windowEnd: 7_200_000,
    value: 90,
    numerator: 9,
    denominator: 10,
    coverage: 100,
    revision: 2,
    closed: true,
  };

  it.each([
    ['city', { kind: 'city' }],
    ['city:gas', { kind: 'domain', domain: 'gas' }],
    ['district:d1', { kind: 'district', district: 'd1' }],
    ['district:d1:gas', { kind: 'districtDomain', district: 'd1', domain: 'gas' }],
    ['facility:f-1', { kind: 'facility', facility: 'f-1' }],
    ['city:', null],
    ['district', null],
    ['district:d1:gas:x', null],
    ['', null],
  ])('scope %s', (text, expected) => {
    expect(parseScope(text)).toEqual(expected);
  });

  it('take a live figure of the same or a later window, never of an earlier one', () => {
    const live = { value: 95, numerator: 19, denominator: 20, coverage: 99, windowStart: 3_600_000 };
    expect(overlay(rate, live, 3_600_000)).toMatchObject({ value: 95, closed: true, revision: 2, windowEnd: 7_200_000 });
    expect(overlay(rate, { ...live, windowStart: 7_200_000 }, 3_600_000)).toMatchObject({ closed: false, revision: 0, windowEnd: 10_800_000 });
    expect(overlay(rate, { ...live, windowStart: 0 }, 3_600_000)).toBe(rate);
    expect(overlay(rate, null, 3_600_000)).toBe(rate);
  });

  it('are below target only when both are known', () => {
    expect(isBelow(94.9, 95)).toBe(true);
    expect(isBelow(95, 95)).toBe(false);
    expect(isBelow(null, 95)).toBe(false);
    expect(isBelow(1, null)).toBe(false);
  });

  it('lie on one time axis with holes where nothing is known', () => {
    const at = (windowStart: number, value: number | null, closed = true): Rate => ({ ...rate, windowStart, value, closed });
    expect(slots([at(0, 1), at(20, 3), at(30, null), at(35, 5, false)], 40, 40, 4)).toEqual([1, null, 3]);
    expect(slots([], 40, 40, 4)).toEqual([]);
  });
});

describe('the map', () => {
  const square: Place[] = [[116, 39], [117, 39], [117, 40], [116, 40]];

  it('fits into its box with north up and true proportions', () => {
    const projection = fit(square, 300, 200, 10)!;
    const [left, bottom] = projection.project([116, 39]);
    const [right, top] = projection.project([117, 40]);
    expect(bottom).toBeCloseTo(190);
    expect(top).toBeCloseTo(10);
    expect((right - left) / (bottom - top)).toBeCloseTo(Math.cos((39.5 * Math.PI) / 180), 5);
    expect((left + right) / 2).toBeCloseTo(150);
  });

  it('draws rings closed, and nothing from less than three corners', () => {
    const projection = fit(square, 300, 200, 10)!;
    expect(path(square, projection)).toMatch(/^M[\d.]+ [\d.]+(L[\d.]+ [\d.]+){3}Z$/);
    expect(path(square.slice(0, 2), projection)).toBe('');
    expect(fit([], 300, 200, 10)).toBeNull();
  });

  it('labels a district at its centre, also when its ring is closed twice', () => {
    const [x, y] = centre(square)!;
    expect([x, y]).toEqual([116.5, 39.5]);
    const closed = centre([...square, square[0]!])!;
    expect(closed[0]).toBeCloseTo(116.5);
    expect(closed[1]).toBeCloseTo(39.5);
  });
});

describe('the roster', () => {
  const empty: Roster = { persons: [], shifts: [] };
  const named = changePerson(addPerson(empty), 'p1', { name: 'Li Na' });

  it('gives new people ids that are free', () => {
    const two = addPerson(addPerson(empty));
    expect(two.persons.map((person) => person.id)).toEqual(['p1', 'p2']);
    expect(addPerson(removePerson(two, 'p1')).persons.map((person) => person.id)).toEqual(['p2', 'p3']);
  });

  it('lets a shift follow on the last one', () => {
    const now = 10 * 3_600_000 + 5;
    const two = addShift(addShift(named, now), now);
    expect(two.shifts.map((shift) => [shift.from, shift.to])).toEqual([
      [10 * 3_600_000, 22 * 3_600_000],
      [22 * 3_600_000, 34 * 3_600_000],
    ]);
    expect(addShift(empty, now)).toBe(empty);
  });

  it('takes a person’s shifts along when the person goes', () => {
    expect(removePerson(addShift(named, 0), 'p1')).toEqual(empty);
  });

  it('is complete only with names and shifts that end after they begin', () => {
    expect(isComplete(addPerson(empty))).toBe(false);
    const shifted = addShift(named, 0);
    expect(isComplete(shifted)).toBe(true);
    expect(isComplete(changeShift(shifted, 's1', { to: 0 }))).toBe(false);
    expect(isComplete(changeShift(shifted, 's1', { person: 'nobody' }))).toBe(false);
  });

  it('knows what is over, now and next', () => {
    const shift = { id: 's', person: 'p', from: 10, to: 20, role: 'officer' as const };
    expect([9, 10, 19, 20].map((now) => phaseOf(shift, now))).toEqual(['upcoming', 'current', 'current', 'ended']);
  });
});
