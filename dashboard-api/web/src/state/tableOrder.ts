/**
 * Order of a live table's rows. Values change in place; rows change places only while nobody points at them:
 * rows that came or went are taken in at once (new ones at the end), moves wait.
 */
export interface TableOrder {
  readonly shown: readonly string[];
  readonly held: boolean;
  /** The right order differs from the shown one. */
  readonly pending: boolean;
}

export const NO_ORDER: TableOrder = { shown: [], held: false, pending: false };

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((id, index) => id === b[index]);

/** `wanted`: the ids in the order that the current sort gives. */
export function reorder(order: TableOrder, wanted: readonly string[], held: boolean): TableOrder {
  if (!held) return { shown: wanted, held, pending: false };
  const present = new Set(wanted);
  const kept = order.shown.filter((id) => present.has(id));
  const already = new Set(kept);
  const shown = [...kept, ...wanted.filter((id) => !already.has(id))];
  return { shown, held, pending: !same(shown, wanted) };
}
