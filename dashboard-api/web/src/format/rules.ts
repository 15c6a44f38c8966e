import type { Metric, Name } from '../wire/rest';
import type { Stated } from '../wire/rules';
import { numberText, valueText, type Language } from './numbers';
import { unitText } from './units';

/** What is compared, e.g. `≥ 50 %LEL`; an expression stands for itself where it is no number yet. */
export function limitText(side: string | null, stated: Stated, effective: number | null, metric: Metric | null, language: Language): string {
  const shape: { decimals: number; states: Record<string, Name> } = metric ?? { decimals: 2, states: {} };
  if (side === 'state') return stated.states.map((state) => valueText(state, shape, language)).join(' / ');
  const unit = unitText(metric?.unit ?? '');
  const told = effective === null ? stated.value : numberText(effective, Math.max(shape.decimals, digits(effective)), language);
  return `${side?.startsWith('l') ? '<' : '≥'} ${told}${unit ? ` ${unit}` : ''}`;
}

/** A limit may be finer than what its instrument shows. */
function digits(value: number): number {
  const text = String(Number(value.toPrecision(6)));
  const dot = text.indexOf('.');
  return dot < 0 || text.includes('e') ? 0 : Math.min(4, text.length - dot - 1);
}
