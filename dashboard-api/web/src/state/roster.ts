/** Editing a roster as values: each step gives a new one. */
import type { Person, Roster, Shift } from '../wire/rest';

/** An id that the roster does not use yet. */
function freeId(prefix: string, used: readonly { id: string }[]): string {
  const ids = new Set(used.map((entry) => entry.id));
  let number = used.length + 1;
  while (ids.has(`${prefix}${number}`)) number += 1;
  return `${prefix}${number}`;
}

export function addPerson(roster: Roster): Roster {
  const person: Person = { id: freeId('p', roster.persons), name: '', email: '', phone: '', webhook: '' };
  return { ...roster, persons: [...roster.persons, person] };
}

/** Removes the person and every shift of theirs. */
export function removePerson(roster: Roster, id: string): Roster {
  return { persons: roster.persons.filter((person) => person.id !== id), shifts: roster.shifts.filter((shift) => shift.person !== id) };
}

export function changePerson(roster: Roster, id: string, change: Partial<Person>): Roster {
  return { ...roster, persons: roster.persons.map((person) => (person.id === id ? { ...person, ...change } : person)) };
}

const SHIFT_MILLIS = 12 * 3_600_000;

/** A new shift follows on the last one, or begins with the running hour. */
export function addShift(roster: Roster, now: number): Roster {
  const first = roster.persons[0];
  if (!first) return roster;
  const hour = Math.floor(now / 3_600_000) * 3_600_000;
  const from = roster.shifts.reduce((latest, shift) => Math.max(latest, shift.to), hour);
  const shift: Shift = { id: freeId('s', roster.shifts), person: first.id, from, to: from + SHIFT_MILLIS, role: 'officer' };
  return { ...roster, shifts: [...roster.shifts, shift] };
}

export const removeShift = (roster: Roster, id: string): Roster => ({ ...roster, shifts: roster.shifts.filter((shift) => shift.id !== id) });

export function changeShift(roster: Roster, id: string, change: Partial<Shift>): Roster {
  return { ...roster, shifts: roster.shifts.map((shift) => (shift.id === id ? { ...shift, ...change } : shift)) };
}

/** Whether it may be saved: everyone has a name, shifts belong to someone and end after they begin. */
export function isComplete(roster: Roster): boolean {
  const ids = new Set(roster.persons.map((person) => person.id));
  return roster.persons.every((person) => person.name.trim() !== '') && roster.shifts.every((shift) => ids.has(shift.person) && shift.to > shift.from);
}

export type ShiftPhase = 'ended' | 'current' | 'upcoming';
export const phaseOf = (shift: Shift, now: number): ShiftPhase => (shift.to <= now ? 'ended' : shift.from <= now ? 'current' : 'upcoming');
