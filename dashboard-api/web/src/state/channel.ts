/** A live channel as this browser knows it: keyed rows, and how far in the server's sequence they are. */
import type { Delta, Row, Snap } from '../wire/live';

export interface ChannelState {
  /** Id of the server's run of this channel; null before the first snapshot. */
  readonly epoch: string | null;
  /** Last sequence applied; -1 before the first snapshot. */
  readonly seq: number;
  readonly cols: readonly string[];
  readonly rows: ReadonlyMap<string, Row>;
}

export const EMPTY_CHANNEL: ChannelState = { epoch: null, seq: -1, cols: [], rows: new Map() };

/** `gap`: frames are missing before this one, ask again from `seq`. */
export type Applied = { readonly outcome: 'applied' | 'ignored' | 'gap'; readonly state: ChannelState };

export function applySnapshot(snap: Snap): ChannelState {
  return { epoch: snap.e, seq: snap.q, cols: snap.cols, rows: new Map(snap.u.map((row) => [String(row[0]), row])) };
}

/** Applies a delta if it continues what is here, ignores it if it is old, and reports a gap if something is missing. */
export function applyDelta(state: ChannelState, delta: Delta): Applied {
  if (state.epoch === null || delta.p > state.seq) return { outcome: 'gap', state };
  if (delta.q <= state.seq) return { outcome: 'ignored', state };
  const rows = new Map(state.rows);
  for (const row of delta.u) rows.set(String(row[0]), row);
  for (const key of delta.x) rows.delete(key);
  return { outcome: 'applied', state: { ...state, seq: delta.q, rows } };
}

/** Reads a column of a row by the channel's own order of columns; undefined when the channel has no such column. */
export function cell(state: ChannelState, row: Row, column: string): unknown {
  const index = state.cols.indexOf(column);
  return index < 0 ? undefined : row[index];
}

export function numberCell(state: ChannelState, row: Row, column: string): number | null {
  const value = cell(state, row, column);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
