/** Results of windows laid out on one regular time axis, so that trends beside each other can be compared. */
import type { Rate } from '../wire/rest';

/**
 * One value per slot of `[to - span, to)`, null where no closed window has a value; slots after the last known one are left off.
 * When several windows fall into a slot the last one counts.
 */
export function slots(rates: readonly Rate[], to: number, span: number, count: number): (number | null)[] {
  const from = to - span;
  const values: (number | null)[] = new Array<number | null>(count).fill(null);
  for (const rate of rates) {
    const slot = Math.floor(((rate.windowStart - from) / span) * count);
    if (slot >= 0 && slot < count && rate.value !== null && rate.closed) values[slot] = rate.value;
  }
  return values.slice(0, values.findLastIndex((value) => value !== null) + 1);
}
