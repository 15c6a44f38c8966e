/** How far a shown value may be trusted: what the pipeline said of it, and its age. */
export type ShownQuality = 'good' | 'late' | 'stale' | 'bad' | 'none' | 'lost' | 'offline';

export interface Seen {
  readonly value: number | null;
  readonly time: number | null;
  readonly quality: string;
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
  if (stated !== 'good' || seen.value === null) return 'bad';
  if (periodSeconds > 0 && age > periodSeconds * 2000 + TRANSIT) return 'late';
  return 'good';
}
