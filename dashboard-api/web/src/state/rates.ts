/** Scopes of rates: `city`, `city:<domain>`, `district:<id>`, `district:<id>:<domain>`, `facility:<id>`. */
import type { Rate } from '../wire/rest';
import { cell, numberCell, type ChannelState } from './channel';

export type Scope =
  | { kind: 'city' }
  | { kind: 'domain'; domain: string }
  | { kind: 'district'; district: string }
  | { kind: 'districtDomain'; district: string; domain: string }
  | { kind: 'facility'; facility: string };

/** null when the text is no scope. */
export function parseScope(text: string): Scope | null {
  const [head, first, second, ...rest] = text.split(':');
  if (rest.length > 0) return null;
  if (head === 'city') {
    if (first === undefined) return { kind: 'city' };
    return first && second === undefined ? { kind: 'domain', domain: first } : null;
  }
  if (head === 'district' && first) {
    return second ? { kind: 'districtDomain', district: first, domain: second } : second === undefined ? { kind: 'district', district: first } : null;
  }
  if (head === 'facility' && first && second === undefined) return { kind: 'facility', facility: first };
  return null;
}

export const key = (scope: string, code: string, period: string): string => `${scope}|${code}|${period}`;

export interface RateNow {
  readonly value: number | null;
  readonly numerator: number;
  readonly denominator: number;
  readonly coverage: number | null;
  readonly windowStart: number | null;
}

export function rateOf(channel: ChannelState, scope: string, code: string, period: string): RateNow | null {
  const row = channel.rows.get(key(scope, code, period));
  if (!row) return null;
  const start = cell(channel, row, 'windowStart');
  return {
    value: numberCell(channel, row, 'value'),
    numerator: numberCell(channel, row, 'numerator') ?? 0,
    denominator: numberCell(channel, row, 'denominator') ?? 0,
    coverage: numberCell(channel, row, 'coverage'),
    windowStart: typeof start === 'number' ? start : typeof start === 'string' ? Date.parse(start) : null,
  };
}

/** Takes the live figure into a stored result of the same or an older window. */
export function overlay(stored: Rate, live: RateNow | null, windowMillis: number): Rate {
  if (live === null || live.windowStart === null || live.windowStart < stored.windowStart) return stored;
  const newer = live.windowStart > stored.windowStart;
  return {
    ...stored,
    value: live.value,
    numerator: live.numerator,
    denominator: live.denominator,
    coverage: live.coverage,
    windowStart: live.windowStart,
    windowEnd: newer ? live.windowStart + windowMillis : stored.windowEnd,
    closed: newer ? false : stored.closed,
    revision: newer ? 0 : stored.revision,
  };
}

/** Below its target, as far as it can be told. */
export const isBelow = (value: number | null, target: number | null): boolean => value !== null && target !== null && value < target;

export const WINDOW_MILLIS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
