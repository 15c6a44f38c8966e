/** What the connection chip says. Decided from times only, so that it can be tested without a clock. */
export type ConnectionStatus = 'connecting' | 'live' | 'delayed' | 'lost';

export interface Connection {
  readonly open: boolean;
  /** Local time (ms) of the last frame; null before the first. */
  readonly lastFrame: number | null;
  /** Heartbeat period the server promised, ms. */
  readonly heartbeat: number;
  /** How far the telemetry is behind, ms; null = unknown. */
  readonly lag: number | null;
  /** Local time since when there is no connection; null while there is one. */
  readonly lostSince: number | null;
}

export const NO_CONNECTION: Connection = { open: false, lastFrame: null, heartbeat: 5000, lag: null, lostSince: null };

/** Beyond this lag the numbers are called delayed. */
export const LAG_DELAYED_MILLIS = 30_000;

export const silentLimit = (connection: Connection): number => connection.heartbeat * 3;

export function statusOf(connection: Connection, now: number): ConnectionStatus {
  if (connection.lastFrame === null) return connection.lostSince === null || now - connection.lostSince < 3000 ? 'connecting' : 'lost';
  const silence = now - connection.lastFrame;
  if (silence >= silentLimit(connection)) return 'lost';
  // A reconnect that succeeds within a moment is not worth a banner.
  if (!connection.open && connection.lostSince !== null && now - connection.lostSince > 2000) return 'lost';
  if (silence >= connection.heartbeat * 2) return 'delayed';
  if (connection.lag !== null && connection.lag > LAG_DELAYED_MILLIS) return 'delayed';
  return 'live';
}

/** Waiting time before reconnect attempt `attempt` (0, 1, 2 …): full jitter under a doubling ceiling, 0.5–30 s. */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(30_000, 500 * 2 ** Math.min(attempt, 10));
  return Math.max(250, Math.round(ceiling * random));
}
