import type { Alarm, Name } from '../wire/rest';
import { numberText, type Language } from './numbers';
import { unitText } from './units';

/** What the sentence about an alarm needs to know of its metric. */
export interface MetricShape {
  decimals: number;
  states: Record<string, Name>;
}

const OVER: Record<string, string> = { h: '≥', hh: '≥', x: '≥', l: '<', ll: '<' };

const SILENT: Record<Language, string> = { zh: '无上报', en: 'no report' };

/** The comparison that made the alarm, e.g. `63.2 ≥ 50 %LEL`; the peak stands for the value, since it is the worst that was seen. */
export function comparison(alarm: Alarm, metric: MetricShape | null, language: Language): string {
  const decimals = metric?.decimals ?? 2;
  const worst = alarm.peak ?? alarm.lastValue;
  if (alarm.side === 'state') {
    const state = worst === null ? undefined : metric?.states[String(worst)];
    return state ? state[language] : numberText(worst, 0, language);
  }
  // The last value says nothing of why a silent device alarms.
  if (alarm.side === 'silent') return SILENT[language];
  const unit = unitText(alarm.unit);
  const sign = OVER[alarm.side];
  if (sign === undefined || alarm.limit === null) return `${numberText(worst, decimals, language)}${unit ? ` ${unit}` : ''}`;
  return `${numberText(worst, decimals, language)} ${sign} ${numberText(alarm.limit, decimals, language)}${unit ? ` ${unit}` : ''}`;
}

/** Grade mark shapes: an alarm is never told by colour alone. */
export const SHAPES: Record<number, string> = { 1: '■', 2: '▲', 3: '▼', 4: '●' };
