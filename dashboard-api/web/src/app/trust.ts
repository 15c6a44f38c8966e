/** What the system says of itself. */
import { computed, type ComputedRef } from 'vue';
import type { ChannelState } from '../state/channel';
import { cell } from '../state/channel';
import { useChannel } from './city';

export interface Trust {
  perSecond: number | null;
  rejectedPerMinute: number | null;
  lagMillis: number | null;
  known: boolean;
}

/** A figure of the `system` channel by name; rows may carry numbers as text. */
export function figure(channel: ChannelState, name: string): number | null {
  const row = channel.rows.get(name);
  if (!row) return null;
  const value = cell(channel, row, 'value') ?? row[1];
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

export function useTrust(): ComputedRef<Trust> {
  const channel = useChannel('system');
  return computed(() => ({
    perSecond: figure(channel.value, 'msgPerSecond'),
    rejectedPerMinute: figure(channel.value, 'rejectedPerMinute'),
    lagMillis: figure(channel.value, 'lagMillis'),
    known: channel.value.epoch !== null,
  }));
}
