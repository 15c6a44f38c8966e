/** Open alarms as the live channel tells them: order, counts, what needs a person. */
import { alarm as alarmCheck, type Alarm, type Grade } from '../wire/rest';
import type { Row } from '../wire/live';
import { cell, type ChannelState } from './channel';

const known = new WeakMap<Row, Alarm | null>();

/** The alarms of the channel, in the default order. A row that cannot be understood is left out, the others stay. */
export function alarmsOf(channel: ChannelState): Alarm[] {
  const alarms: Alarm[] = [];
  for (const row of channel.rows.values()) {
    let alarm = known.get(row);
    if (alarm === undefined) {
      try {
        alarm = alarmCheck(cell(channel, row, 'alarm') ?? row[1], 'alarms');
      } catch {
        alarm = null;
      }
      known.set(row, alarm);
    }
    if (alarm !== null) alarms.push(alarm);
  }
  return alarms.sort(byUrgency);
}

export const isUnacked = (alarm: Alarm): boolean => alarm.state === 'unacked' || alarm.state === 'returned_unacked';
export const isOpen = (alarm: Alarm): boolean => alarm.state !== 'closed';
export const needsAction = (alarm: Alarm): boolean => isUnacked(alarm) && !alarm.historic;

/** Unacknowledged first, worst grade, newest; ties by id, so that the order is total. */
export function byUrgency(a: Alarm, b: Alarm): number {
  return (
    Number(isUnacked(b)) - Number(isUnacked(a)) ||
    a.grade - b.grade ||
    b.raised - a.raised ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

export interface GradeCount {
  grade: Grade;
  open: number;
  unacked: number;
}

export function countByGrade(alarms: readonly Alarm[]): GradeCount[] {
  const counts: GradeCount[] = ([1, 2, 3, 4] as const).map((grade) => ({ grade, open: 0, unacked: 0 }));
  for (const alarm of alarms) {
    if (!isOpen(alarm) || alarm.historic) continue;
    const count = counts[alarm.grade - 1]!;
    count.open += 1;
    if (isUnacked(alarm)) count.unacked += 1;
  }
  return counts;
}

export interface AlarmFilter {
  grade: number | null;
  domain: string | null;
  district: string | null;
  facility: string | null;
}

export const matches = (alarm: Alarm, filter: AlarmFilter): boolean =>
  (filter.grade === null || alarm.grade === filter.grade) &&
  (filter.domain === null || alarm.domain === filter.domain) &&
  (filter.district === null || alarm.district === filter.district) &&
  (filter.facility === null || alarm.facility === filter.facility);

/** Live alarms replace stored ones of the same id unless the stored one is newer. */
export function merge(stored: readonly Alarm[], live: readonly Alarm[]): Alarm[] {
  const byId = new Map(stored.map((alarm) => [alarm.id, alarm]));
  for (const alarm of live) {
    const other = byId.get(alarm.id);
    if (!other || alarm.version >= other.version) byId.set(alarm.id, alarm);
  }
  return [...byId.values()];
}

/** Those of `next` that were not in `before`: what a screen reader is told. */
export function arrivals(before: ReadonlySet<string>, next: readonly Alarm[]): Alarm[] {
  return next.filter((alarm) => needsAction(alarm) && !before.has(alarm.id));
}
