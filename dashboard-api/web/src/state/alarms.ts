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

/** Which incident among `alarms` speaks for which of them, by id: it is open and no milder. A graver alarm speaks for itself. */
export function spokenFor(alarms: readonly Alarm[]): Map<string, string> {
  const incidents = new Map(alarms.filter((alarm) => alarm.kind === 'incident' && isOpen(alarm)).map((alarm) => [alarm.id, alarm.grade]));
  const speakers = new Map<string, string>();
  if (incidents.size === 0) return speakers;
  for (const alarm of alarms) {
    const grade = alarm.incident === null ? undefined : incidents.get(alarm.incident);
    if (grade !== undefined && grade <= alarm.grade) speakers.set(alarm.id, alarm.incident!);
  }
  return speakers;
}

/** Those that no incident among them speaks for. */
export function standing(alarms: readonly Alarm[]): Alarm[] {
  const speakers = spokenFor(alarms);
  return alarms.filter((alarm) => !speakers.has(alarm.id));
}

/** A line of a list of alarms: an alarm of its own, or one under its incident. */
export interface Line {
  alarm: Alarm;
  under: boolean;
  /** How many alarms are under it. */
  members: number;
}

/** The alarms in their order, those of an incident under it by onset, and only when it is among `opened`. */
export function folded(alarms: readonly Alarm[], opened: ReadonlySet<string>): Line[] {
  const speakers = spokenFor(alarms);
  if (speakers.size === 0) return alarms.map((alarm) => ({ alarm, under: false, members: 0 }));
  const under = new Map<string, Alarm[]>();
  for (const alarm of alarms) {
    const incident = speakers.get(alarm.id);
    if (incident !== undefined) under.set(incident, [...(under.get(incident) ?? []), alarm]);
  }
  return alarms
    .filter((alarm) => !speakers.has(alarm.id))
    .flatMap((alarm) => {
      const members = (under.get(alarm.id) ?? []).sort(byOnset);
      const lines: Line[] = [{ alarm, under: false, members: members.length }];
      if (opened.has(alarm.id)) lines.push(...members.map((member) => ({ alarm: member, under: true, members: 0 })));
      return lines;
    });
}

export const byOnset = (a: Alarm, b: Alarm): number => a.onset - b.onset || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

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

/** Those of `next` that were not in `before`: what a screen reader is told. An incident is told, not what is under it. */
export function arrivals(before: ReadonlySet<string>, next: readonly Alarm[]): Alarm[] {
  return standing(next).filter((alarm) => needsAction(alarm) && !before.has(alarm.id));
}
