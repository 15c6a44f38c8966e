import { describe, expect, it } from 'vitest';
import { testingAlarm } from '../testing/alarms';
import { alarmsOf, arrivals, byUrgency, countByGrade, folded, matches, merge, needsAction, standing } from './alarms';
import { applySnapshot } from './channel';

describe('the channel’s alarms', () => {
  it('are read from rows, and one bad row costs only itself', () => {
    const good = testingAlarm();
    const channel = applySnapshot({ t: 'snap', c: 'alarms', e: 'e', q: 1, cols: ['id', 'alarm'], u: [['a1', good], ['a2', { id: 'a2', grade: 7 }]] });
    expect(alarmsOf(channel)).toEqual([good]);
  });

  it('come unacknowledged first, then by grade, then newest', () => {
    const alarms = [
      testingAlarm({ id: 'acked', state: 'acked', grade: 1 }),
      testingAlarm({ id: 'old', grade: 2, raised: 1 }),
      testingAlarm({ id: 'new', grade: 2, raised: 2 }),
      testingAlarm({ id: 'returned', state: 'returned_unacked', grade: 1 }),
    ];
    expect(alarms.sort(byUrgency).map((alarm) => alarm.id)).toEqual(['returned', 'new', 'old', 'acked']);
  });
});

describe('order', () => {
  it.each([1, 2, 3])('is total and the same whatever came first, seed %i', (seed) => {
    let state = seed;
    const random = (limit: number): number => {
      state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
      return state % limit;
    };
    const alarms = Array.from({ length: 200 }, (_, index) =>
      testingAlarm({ id: `a${index}`, grade: (random(4) + 1) as 1 | 2 | 3 | 4, raised: random(5), state: random(2) ? 'unacked' : 'acked' }),
    );
    const once = [...alarms].sort(byUrgency).map((alarm) => alarm.id);
    const again = [...alarms].reverse().sort(byUrgency).map((alarm) => alarm.id);
    expect(again).toEqual(once);
  });
});

describe('counts', () => {
  it('leave out closed and historic alarms', () => {
    const counts = countByGrade([
      testingAlarm({ id: '1', grade: 1 }),
      testingAlarm({ id: '2', grade: 1, state: 'acked' }),
      testingAlarm({ id: '3', grade: 1, state: 'closed' }),
      testingAlarm({ id: '4', grade: 4, historic: true }),
    ]);
    expect(counts).toEqual([
      { grade: 1, open: 2, unacked: 1 },
      { grade: 2, open: 0, unacked: 0 },
      { grade: 3, open: 0, unacked: 0 },
      { grade: 4, open: 0, unacked: 0 },
    ]);
  });

  it('call for action only on what is live and unacknowledged', () => {
    expect(needsAction(testingAlarm())).toBe(true);
    expect(needsAction(testingAlarm({ state: 'returned_unacked' }))).toBe(true);
    expect(needsAction(testingAlarm({ state: 'acked' }))).toBe(false);
    expect(needsAction(testingAlarm({ historic: true }))).toBe(false);
  });
});

describe('filters, merging, arrivals', () => {
  it('all given filters must match', () => {
    const none = { grade: null, domain: null, district: null, facility: null };
    expect(matches(testingAlarm(), none)).toBe(true);
    expect(matches(testingAlarm(), { ...none, grade: 2, domain: 'gas' })).toBe(true);
    expect(matches(testingAlarm(), { ...none, grade: 2, domain: 'heating' })).toBe(false);
  });

  it('the higher version wins, whichever way it came', () => {
    const stored = testingAlarm({ version: 3, state: 'acked' });
    const live = testingAlarm({ version: 2 });
    expect(merge([stored], [live])).toEqual([stored]);
    expect(merge([live], [stored])).toEqual([stored]);
  });

  it('what was there before is no news', () => {
    const alarms = [testingAlarm({ id: 'a' }), testingAlarm({ id: 'b' }), testingAlarm({ id: 'c', state: 'acked' })];
    expect(arrivals(new Set(['a']), alarms).map((alarm) => alarm.id)).toEqual(['b']);
  });
});

describe('an incident', () => {
  const incident = testingAlarm({ id: 'i', kind: 'incident', grade: 2 });
  const late = testingAlarm({ id: 'late', grade: 3, incident: 'i', onset: 2 });
  const early = testingAlarm({ id: 'early', grade: 2, incident: 'i', onset: 1 });
  const graver = testingAlarm({ id: 'graver', grade: 1, incident: 'i' });
  const other = testingAlarm({ id: 'other', incident: 'gone' });
  const all = [late, graver, incident, other, early];
  const shown = (opened: string[]): string[] => folded(all, new Set(opened)).map(({ alarm, under, members }) => `${under ? '> ' : ''}${alarm.id}${members > 0 ? ` ${members}` : ''}`);

  it('speaks for its alarms, unless they are graver', () => {
    expect(standing(all).map((alarm) => alarm.id)).toEqual(['graver', 'i', 'other']);
    expect(arrivals(new Set(), all).map((alarm) => alarm.id)).toEqual(['graver', 'i', 'other']);
  });

  it('speaks for nothing once it is closed', () => {
    expect(standing([late, { ...incident, state: 'closed' as const }]).map((alarm) => alarm.id)).toEqual(['late', 'i']);
  });

  it('has its alarms folded under it, and unfolded in the order in which they began', () => {
    expect(shown([])).toEqual(['graver', 'i 2', 'other']);
    expect(shown(['i'])).toEqual(['graver', 'i 2', '> early', '> late', 'other']);
  });
});
