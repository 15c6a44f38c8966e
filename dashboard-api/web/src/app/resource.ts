/** Something fetched: loading, there, or failed; what was there stays while it is fetched again. */
import { onScopeDispose, shallowRef, ref, watch, type Ref, type ShallowRef, type WatchSource } from 'vue';

export interface Resource<T> {
  readonly data: ShallowRef<T | null>;
  readonly error: Ref<string | null>;
  /** True only while nothing is there yet. */
  readonly loading: Ref<boolean>;
  reload(): Promise<void>;
}

/**
 * @param sources when one of them changes, what was there is dropped and fetched anew
 * @param everyMillis fetch again quietly in this rhythm; 0 = never
 */
export function useResource<T>(fetcher: () => Promise<T>, sources: WatchSource[] = [], everyMillis = 0): Resource<T> {
  const data = shallowRef<T | null>(null);
  const error = ref<string | null>(null);
  const loading = ref(true);
  let run = 0;

  async function reload(): Promise<void> {
    const mine = ++run;
    try {
      const next = await fetcher();
      if (mine !== run) return;
      data.value = next;
      error.value = null;
    } catch (failure) {
      if (mine !== run) return;
      error.value = failure instanceof Error ? failure.message : String(failure);
    } finally {
      if (mine === run) loading.value = false;
    }
  }

  if (sources.length > 0) {
    watch(sources, () => {
      data.value = null;
      error.value = null;
      loading.value = true;
      void reload();
    });
  }
  void reload();
  if (everyMillis > 0) {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void reload();
    }, everyMillis);
    onScopeDispose(() => clearInterval(timer));
  }
  onScopeDispose(() => run++);
  return { data, error, loading, reload };
}
