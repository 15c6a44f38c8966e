/** Gauges of rates: the live figure of the running hour, and the minute results of the last two hours as its trend. */
import { computed, onScopeDispose, shallowRef, toValue, watch, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import * as rest from '../api/rest';
import { rateOf, type RateNow } from '../state/rates';
import { slots } from '../state/slots';
import type { Name, Rate } from '../wire/rest';
import { catalogue, now, useChannel } from './city';

const SPAN_MILLIS = 2 * 3_600_000;
const SLOTS = 60;

export interface GaugeData {
  code: string;
  name: Name;
  target: number | null;
  now: RateNow | null;
  trend: (number | null)[];
}

export function useGauges(scopes: MaybeRefOrGetter<readonly string[]>): ComputedRef<(scope: string) => GaugeData[]> {
  const live = useChannel('rates');
  const kinds = computed(() => (catalogue.value?.rates ?? []).slice(0, 2));
  const stored = shallowRef(new Map<string, Rate[]>());
  const fetchedAt = shallowRef(now.value);
  let run = 0;

  async function load(): Promise<void> {
    const mine = ++run;
    const to = now.value;
    const next = new Map<string, Rate[]>();
    await Promise.all(
      toValue(scopes).flatMap((scope) =>
        kinds.value.map(async (kind) => {
          // Without its trend a gauge still has its live figure.
          next.set(`${scope}|${kind.code}`, await rest.rates(scope, kind.code, 'minute', to - SPAN_MILLIS, to).catch(() => []));
        }),
      ),
    );
    if (mine !== run) return;
    stored.value = next;
    fetchedAt.value = to;
  }
  watch([() => toValue(scopes).join(' '), kinds], () => void load(), { immediate: true });
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') void load();
  }, 60_000);
  onScopeDispose(() => {
    clearInterval(timer);
    run += 1;
  });

  return computed(
    () => (scope: string) =>
      kinds.value.map((kind) => ({
        code: kind.code,
        name: kind.name,
        target: kind.target,
        now: rateOf(live.value, scope, kind.code, 'hour'),
        trend: slots(stored.value.get(`${scope}|${kind.code}`) ?? [], fetchedAt.value, SPAN_MILLIS, SLOTS),
      })),
  );
}
