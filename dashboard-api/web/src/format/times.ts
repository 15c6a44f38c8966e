import { NONE, type Language } from './numbers';

/** Every time on the screen is the city's, whatever the PC believes. */
let cityZone = 'Asia/Shanghai';
const formats = new Map<string, Intl.DateTimeFormat>();

export function useZone(zone: string): void {
  if (zone === cityZone) return;
  cityZone = zone;
  formats.clear();
}
export const zoneName = (): string => cityZone;

type Style = 'clock' | 'minute' | 'day' | 'full' | 'date';
const STYLES: Record<Style, Intl.DateTimeFormatOptions> = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  minute: { hour: '2-digit', minute: '2-digit' },
  date: { month: '2-digit', day: '2-digit' },
  day: { year: 'numeric', month: '2-digit', day: '2-digit' },
  full: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
};

function parts(millis: number, style: Style): Record<string, string> {
  let found = formats.get(style);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', { ...STYLES[style], hourCycle: 'h23', timeZone: cityZone });
    formats.set(style, found);
  }
  return Object.fromEntries(found.formatToParts(millis).map((part) => [part.type, part.value]));
}

export function clockText(millis: number | null): string {
  if (millis === null) return NONE;
  const p = parts(millis, 'clock');
  return `${p['hour']}:${p['minute']}:${p['second']}`;
}

export function minuteText(millis: number | null): string {
  if (millis === null) return NONE;
  const p = parts(millis, 'minute');
  return `${p['hour']}:${p['minute']}`;
}

export function dayText(millis: number | null): string {
  if (millis === null) return NONE;
  const p = parts(millis, 'day');
  return `${p['year']}-${p['month']}-${p['day']}`;
}

export function dateText(millis: number | null): string {
  if (millis === null) return NONE;
  const p = parts(millis, 'date');
  return `${p['month']}-${p['day']}`;
}

export function fullText(millis: number | null): string {
  if (millis === null) return NONE;
  const p = parts(millis, 'full');
  return `${p['year']}-${p['month']}-${p['day']} ${p['hour']}:${p['minute']}:${p['second']}`;
}

/** Only the clock when it is of the same day as now, else with the date. */
export function shortText(millis: number | null, now: number): string {
  if (millis === null) return NONE;
  return dayText(millis) === dayText(now) ? clockText(millis) : `${dateText(millis)} ${minuteText(millis)}`;
}

/** A length of time in its one or two leading units; never negative. */
export function durationText(millis: number | null, language: Language): string {
  if (millis === null || !Number.isFinite(millis)) return NONE;
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const unit = language === 'zh' ? { d: ' 天', h: ' 小时', m: ' 分', s: ' 秒' } : { d: ' d', h: ' h', m: ' min', s: ' s' };
  if (seconds < 60) return `${seconds}${unit.s}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return `${minutes}${unit.m}${seconds % 60 ? ` ${seconds % 60}${unit.s}` : ''}`;
  if (minutes < 60) return `${minutes}${unit.m}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}${unit.h}${minutes % 60 ? ` ${minutes % 60}${unit.m}` : ''}`;
  const days = Math.floor(hours / 24);
  return `${days}${unit.d}${hours % 24 ? ` ${hours % 24}${unit.h}` : ''}`;
}

/** Value of a `datetime-local` field for an instant, in the city's zone. */
export function fieldText(millis: number): string {
  return fullText(millis).slice(0, 16).replace(' ', 'T');
}

/** The instant that a `datetime-local` text means in the city's zone; null when it is not one. */
export function fieldMillis(field: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(field)) return null;
  const naive = Date.parse(`${field}:00Z`);
  if (!Number.isFinite(naive)) return null;
  // Two steps settle on the right offset on both sides of a change of offset.
  let guess = naive;
  for (let step = 0; step < 2; step++) guess += naive - Date.parse(`${fieldText(guess)}:00Z`);
  return guess;
}
