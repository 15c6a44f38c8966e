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

const SIGNS: Record<Language, (count: number) => string> = { zh: (count) => `${count} 处异常`, en: (count) => (count === 1 ? '1 sign' : `${count} signs`) };
const EXPECTED: Record<Language, (band: string) => string> = { zh: (band) => `（预期 ${band}）`, en: (band) => ` (expected ${band})` };
const SCORE: Record<Language, string> = { zh: '异常度', en: 'score' };

/** A share of what has been seen, 0 to 1; what is nearly all of it does not read as all. */
export const scoreText = (score: number): string => (score >= 1 ? '1' : (Math.floor(score * 1000) / 1000).toFixed(3));

/** How often, e.g. 0.1 or 2. */
export const rateText = (rate: number): string => String(Number(rate.toPrecision(2)));

/** The comparison that made the alarm, e.g. `63.2 ≥ 50 %LEL`; the peak stands for the value, since it is the worst that was seen. */
export function comparison(alarm: Alarm, metric: MetricShape | null, language: Language): string {
  if (alarm.kind === 'incident') return SIGNS[language](alarm.members.length);
  if (alarm.learned && (alarm.learned.shape === 'joint' || alarm.metric === '')) return `${SCORE[language]} ${scoreText(alarm.learned.score)}`;
  const decimals = metric?.decimals ?? 2;
  const worst = alarm.peak ?? alarm.lastValue;
  if (alarm.side === 'state') {
    const state = worst === null ? undefined : metric?.states[String(worst)];
    return state ? state[language] : numberText(worst, 0, language);
  }
  // The last value says nothing of why a silent device alarms.
  if (alarm.side === 'silent') return SILENT[language];
  const unit = unitText(alarm.unit);
  if (alarm.learned && alarm.learned.low !== null && alarm.learned.high !== null) {
    const band = `${numberText(alarm.learned.low, decimals, language)}–${numberText(alarm.learned.high, decimals, language)}`;
    return `${numberText(worst, decimals, language)}${unit ? ` ${unit}` : ''}${EXPECTED[language](band)}`;
  }
  const sign = OVER[alarm.side];
  if (sign === undefined || alarm.limit === null) return `${numberText(worst, decimals, language)}${unit ? ` ${unit}` : ''}`;
  return `${numberText(worst, decimals, language)} ${sign} ${numberText(alarm.limit, decimals, language)}${unit ? ` ${unit}` : ''}`;
}

/** Grade mark shapes: an alarm is never told by colour alone. */
export const SHAPES: Record<number, string> = { 1: '■', 2: '▲', 3: '▼', 4: '●' };
