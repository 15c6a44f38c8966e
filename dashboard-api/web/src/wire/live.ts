/** Frames of the live socket (subprotocol `yiwang.live.v1`), checked once at the door. */
import { anything, list, nullable, number, object, oneOf, record, text, withDefault, WireError, type Check } from './check';

export const PROTOCOL = 'yiwang.live.v1';

/** First element is the key, the others follow the channel's `cols`. */
export type Row = readonly unknown[];

export interface Hello {
  t: 'hello';
  now: number;
  /** Heartbeat period in ms. */
  hb: number;
  build: string;
}
export interface Snap {
  t: 'snap';
  c: string;
  e: string;
  q: number;
  cols: string[];
  u: Row[];
}
export interface Delta {
  t: 'd';
  c: string;
  p: number;
  q: number;
  ts: number | null;
  u: Row[];
  x: string[];
}
export interface Heartbeat {
  t: 'hb';
  now: number;
  /** Newest sequence of each channel that this client is subscribed to. */
  q: Record<string, number>;
  /** How far behind event time the parts are, ms. */
  lag: Record<string, number | null>;
}
export interface Failure {
  t: 'err';
  id: number | null;
  code: string;
  msg: string;
}
export interface Bye {
  t: 'bye';
  code: number | null;
  /** Milliseconds within which to come back. */
  in: number | null;
}
export type Frame = Hello | Snap | Delta | Heartbeat | Failure | Bye;

const row: Check<Row> = (value, place) => {
  if (!Array.isArray(value) || value.length === 0) throw new WireError(place, 'a row', value);
  return value;
};
const key: Check<string> = (value, place) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new WireError(place, 'a key', value);
};
/** Epochs are opaque; servers send texts or numbers. */
const epoch = key;

const frames = {
  hello: object({ t: oneOf('hello'), now: number, hb: withDefault(number, 5000), build: withDefault(text, '') }),
  snap: object({ t: oneOf('snap'), c: text, e: epoch, q: number, cols: list(text), u: list(row) }),
  d: object({
    t: oneOf('d'),
    c: text,
    p: number,
    q: number,
    ts: nullable(number),
    u: withDefault(list(row), []),
    x: withDefault(list(key), []),
  }),
  hb: object({
    t: oneOf('hb'),
    now: number,
    q: withDefault(record(number), {}),
    lag: withDefault(record(nullable(number)), {}),
  }),
  err: object({ t: oneOf('err'), id: nullable(number), code: withDefault(text, ''), msg: withDefault(text, '') }),
  bye: object({ t: oneOf('bye'), code: nullable(number), in: nullable(number) }),
} as const;

/**
 * One frame of text as a checked value; null for a kind of frame that this client does not know (they may be added).
 *
 * @throws WireError when a known kind has an unexpected shape, SyntaxError when it is not JSON
 */
export function parseFrame(data: string): Frame | null {
  const value: unknown = JSON.parse(data);
  const kind = object({ t: anything })(value, 'frame').t;
  if (typeof kind !== 'string' || !(kind in frames)) return null;
  return frames[kind as keyof typeof frames](value, kind) as Frame;
}
