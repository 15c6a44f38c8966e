/** How far a shown value may be trusted: what the pipeline said of it, and its age. */
export type ShownQuality = 'good' | 'late' | 'stale' | 'doubtful' | 'bad' | 'none' | 'lost' | 'offline';

/** What history's quality codes mean, in their order; each has a text `quality.<word>`. */
export const QUALITY_WORDS = ['good', 'device_bad', 'out_of_range', 'offline', 'rate', 'stuck', 'noise', 'clock', 'late', 'backfill'] as const;

/** Of these the value itself is right, or may be. */
const DOUBTFUL = new Set(['noise', 'clock', 'late', 'backfill']);

export interface Seen {
  readonly value: number | null;
  readonly time: number | null;
  readonly quality: string;
  /** Since when it is so, epoch ms; null = good, or not known. */
  readonly since: number | null;
  /** Why what was learned of it cannot be relied on as usual: `learns` or `frozen`; null = it can, or nothing is learned. */
  readonly learning: string | null;
  /** When that is over at the earliest, epoch ms; null = it does not learn. */
  readonly ready: number | null;
}

/** Slack for the way through the pipeline, ms. */
const TRANSIT = 5_000;

/**
 * @param periodSeconds of the point; 0 = sent on change only, then age says nothing
 * @param connected false while the live connection is lost
 */
export function qualityOf(seen: Seen | null, periodSeconds: number, now: number, connected: boolean): ShownQuality {
  if (seen === null || seen.time === null) return 'none';
  if (!connected) return 'lost';
  const stated = seen.quality.toLowerCase();
  if (stated === 'offline') return 'offline';
  if (stated === 'silent') return 'stale';
  const age = now - seen.time;
  if (periodSeconds > 0 && age > periodSeconds * 5000 + TRANSIT) return 'stale';
  if (DOUBTFUL.has(stated) && seen.value !== null) return 'doubtful';
  if (stated !== 'good' || seen.value === null) return 'bad';
  if (periodSeconds > 0 && age > periodSeconds * 2000 + TRANSIT) return 'late';
  return 'good';
}
