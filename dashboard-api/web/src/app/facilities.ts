/** Facilities as the list and the live channel tell them together. */
import { computed, watch, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import { cell, numberCell, type ChannelState } from '../state/channel';
import type { Facility, FacilityState } from '../wire/rest';
import { facilities, loadFacilities, useChannel } from './city';

export interface FacilityNow extends Facility {
  readonly state: FacilityState;
}

const STATES: readonly string[] = ['run', 'stop', 'fault', 'unknown'];

export function withLive(facility: Facility, channel: ChannelState): FacilityNow {
  const row = channel.rows.get(facility.id);
  if (!row) return facility;
  const state = cell(channel, row, 'state');
  const metric = cell(channel, row, 'headlineMetric');
  return {
    ...facility,
    state: typeof state === 'string' && STATES.includes(state) ? (state as FacilityState) : facility.state,
    grade: numberCell(channel, row, 'grade') ?? 0,
    unacked: numberCell(channel, row, 'unacked') ?? 0,
    lastTime: numberCell(channel, row, 'lastTime') ?? facility.lastTime,
    headline:
      typeof metric === 'string' && metric !== ''
        ? { metric, device: facility.headline?.device ?? '', value: numberCell(channel, row, 'headlineValue') }
        : facility.headline,
  };
}

/** Live facilities of the channel's scope (all, or one domain). */
export function useFacilities(domain: MaybeRefOrGetter<string | null>, channelName: MaybeRefOrGetter<string>): ComputedRef<FacilityNow[]> {
  const channel = useChannel(channelName);
  const wanted = computed(() => (typeof domain === 'function' ? domain() : typeof domain === 'object' && domain !== null ? domain.value : domain));
  // A facility that the list does not know yet was added after it was fetched.
  watch(channel, (state) => {
    if (state.rows.size > 0 && [...state.rows.keys()].some((id) => !facilities.has(id))) void loadFacilities();
  });
  return computed(() => {
    const all: FacilityNow[] = [];
    for (const facility of facilities.values()) {
      if (wanted.value === null || facility.domain === wanted.value) all.push(withLive(facility, channel.value));
    }
    return all;
  });
}
