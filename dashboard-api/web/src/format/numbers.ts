import type { Name } from '../wire/rest';

export type Language = 'zh' | 'en';

const formats = new Map<string, Intl.NumberFormat>();

function format(language: Language, decimals: number): Intl.NumberFormat {
  const key = `${language}${decimals}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    formats.set(key, found);
  }
  return found;
}

/** A missing number is a dash, never an empty place or a zero. */
export const NONE = '—';

export function numberText(value: number | null | undefined, decimals: number, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const shown = format(language, Math.max(0, Math.min(6, decimals))).format(value);
  return /^-[0.,]*$/.test(shown) ? shown.slice(1) : shown;
}

/** An enum code's name where the metric has names, else the number. */
export function valueText(
  value: number | null | undefined,
  shape: { decimals: number; states: Record<string, Name> },
  language: Language,
): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const state = shape.states[String(value)];
  return state ? state[language] : numberText(value, shape.decimals, language);
}

/** Percentages that are not quite 100 never read 100. */
export function percentText(value: number | null | undefined, language: Language, decimals = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const step = 10 ** decimals;
  const honest = value < 100 && Math.round(value * step) / step >= 100 ? Math.floor(value * step) / step : value;
  return honest === 100 ? '100' : numberText(honest, decimals, language);
}
