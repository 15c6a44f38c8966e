import { beforeEach, describe, expect, it } from 'vitest';
import type { ChannelState } from '../state/channel';
import { statusOf, type Connection } from '../state/connection';
import { TestingWorld } from '../testing/socket';
import { LiveClient } from './live';

const COLS = ['id', 'value'];
const snap = (q: number, u: unknown[][], e = 'e1') => ({ t: 'snap', c: 'x', e, q, cols: COLS, u });
const delta = (p: number, q: number, u: unknown[][], x: string[] = []) => ({ t: 'd', c: 'x', p, q, ts: 0, u, x });

let world: TestingWorld;
let client: LiveClient;
let states: ChannelState[];
let connections: Connection[];
let refused: number[];
let problems: string[];

const values = (): Record<string, unknown> => Object.fromEntries([...(states.at(-1)?.rows ?? [])].map(([key, row]) => [key, row[1]]));
const status = (): string => statusOf(connections.at(-1)!, world.time);
const subscriptions = (): Record<string, unknown>[] => world.socket.sent.filter((message) => message['op'] === 'sub');

beforeEach(() => {
  world = new TestingWorld();
  states = [];
  connections = [];
  refused = [];
  problems = [];
  client = new LiveClient(world, {
    onChannel: (_, state) => states.push(state),
    onConnection: (connection) => connections.push(connection),
    onClock: () => undefined,
    onRefused: (code) => refused.push(code),
    onProblem: (message) => problems.push(message),
  });
});

function connect(): void {
  client.start();
  world.socket.accept();
  world.socket.say({ t: 'hello', v: 1, now: world.time, hb: 5000, build: '1' });
}

describe('channels', () => {
  it('a channel asked for before the connection is up is subscribed when it is', () => {
    client.subscribe('x');
    client.start();
    expect(world.socket.sent).toEqual([]);
    world.socket.accept();
    expect(subscriptions()).toEqual([{ op: 'sub', id: 2, ch: 'x' }]);
  });

  it('a snapshot is followed by deltas: changed rows replace, removed rows go', () => {
    connect();
    client.subscribe('x');
    world.socket.say(snap(10, [['a', 1], ['b', 2], ['c', 3]]));
    world.socket.say(delta(10, 12, [['b', 20]], ['a']));
    expect(values()).toEqual({ b: 20, c: 3 });
  });

  it('a delta that came before is ignored', () => {
    connect();
    client.subscribe('x');
    world.socket.say(snap(10, [['a', 1]]));
    world.socket.say(delta(10, 12, [['a', 2]]));
    world.socket.say(delta(10, 11, [['a', 99]]));
    expect(values()).toEqual({ a: 2 });
  });

  it('an overlapping delta that reaches further is applied', () => {
    connect();
    client.subscribe('x');
    world.socket.say(snap(10, [['a', 1]]));
    world.socket.say(delta(5, 15, [['a', 2]]));
    expect(values()).toEqual({ a: 2 });
  });

  it('a gap is not applied but asked for from the last sequence', () => {
    connect();
    client.subscribe('x');
    world.socket.say(snap(10, [['a', 1]]));
    world.socket.say(delta(11, 12, [['a', 2]]));
    expect(values()).toEqual({ a: 1 });
    expect(subscriptions().at(-1)).toMatchObject({ ch: 'x', e: 'e1', q: 10 });
    world.socket.say(delta(10, 12, [['a', 2]]));
    expect(values()).toEqual({ a: 2 });
  });

  it('a delta before any snapshot asks anew without a sequence', () => {
    connect();
    client.subscribe('x');
    world.socket.say(delta(1, 2, [['a', 2]]));
    expect(subscriptions()).toHaveLength(2);
    expect(subscriptions().at(-1)).not.toHaveProperty('q');
  });

  it('the last one to leave ends the subscription, the first does not', () => {
    connect();
    const first = client.subscribe('x');
    const second = client.subscribe('x');
    expect(subscriptions()).toHaveLength(1);
    first();
    first();
    expect(world.socket.sent.filter((message) => message['op'] === 'unsub')).toEqual([]);
    second();
    expect(world.socket.sent.filter((message) => message['op'] === 'unsub')).toHaveLength(1);
  });

  it('a frame that cannot be understood is told and harms nothing', () => {
    connect();
    client.subscribe('x');
    world.socket.say(snap(10, [['a', 1]]));
    world.socket.saw('{"t":"d","c":"x","p":"ten"}');
    world.socket.saw('not json');
    expect(problems).toHaveLength(2);
    world.socket.say(delta(10, 11, [['a', 2]]));
    expect(values()).toEqual({ a: 2 });
  });

  it('a kind of frame from a newer server is passed over', () => {
    connect();
    world.socket.say({ t: 'cat', rev: 'r2' });
    expect(problems).toEqual([]);
  });
});

describe('heartbeats', () => {
  const heartbeat = (q: number) => ({ t: 'hb', now: world.time, q: { x: q }, lag: { telemetry: 100 } });

  it('are answered', () => {
    connect();
    world.socket.say(heartbeat(0));
    expect(world.socket.sent.at(-1)).toEqual({ op: 'pong' });
  });

  it('reveal a lost delta when the head stays ahead over two of them', () => {
    connect();
    client.subscribe('x');
    world.socket.say(snap(10, [['a', 1]]));
    world.socket.say(heartbeat(12));
    expect(subscriptions()).toHaveLength(1);
    world.socket.say(heartbeat(12));
    expect(subscriptions().at(-1)).toMatchObject({ e: 'e1', q: 10 });
  });

  it('do not alarm while deltas keep coming', () => {
    connect();
    client.subscribe('x');
    world.socket.say(snap(10, [['a', 1]]));
    world.socket.say(heartbeat(12));
    world.socket.say(delta(10, 12, [['a', 2]]));
    world.socket.say(heartbeat(14));
    expect(subscriptions()).toHaveLength(1);
  });

  it('that stop make the connection delayed after two periods, lost after three, and then it is opened anew', () => {
    connect();
    expect(status()).toBe('live');
    world.pass(9_999);
    expect(status()).toBe('live');
    world.pass(1);
    expect(status()).toBe('delayed');
    const first = world.socket;
    world.pass(5_000);
    expect(status()).toBe('lost');
    expect(first.closed).toBe(true);
    world.pass(500);
    expect(world.sockets).toHaveLength(2);
  });

  it('with a lag beyond half a minute make it delayed although frames come', () => {
    connect();
    world.socket.say({ t: 'hb', now: world.time, q: {}, lag: { telemetry: 30_001 } });
    expect(status()).toBe('delayed');
    world.socket.say({ t: 'hb', now: world.time, q: {}, lag: { telemetry: 300 } });
    expect(status()).toBe('live');
  });
});

describe('reconnecting', () => {
  it('resumes every channel where it was and keeps what is known meanwhile', () => {
    connect();
    client.subscribe('x');
    world.socket.say(snap(10, [['a', 1]]));
    world.socket.drop(1006);
    expect(client.state('x').seq).toBe(10);
    world.pass(500);
    world.socket.accept();
    expect(subscriptions()).toEqual([expect.objectContaining({ ch: 'x', e: 'e1', q: 10 })]);
    world.socket.say(delta(10, 14, [['a', 5]]));
    expect(values()).toEqual({ a: 5 });
  });

  it('takes a new epoch’s snapshot whole', () => {
    connect();
    client.subscribe('x');
    world.socket.say(snap(900, [['a', 1], ['b', 1]]));
    world.socket.drop(1006);
    world.pass(500);
    world.socket.accept();
    world.socket.say(snap(3, [['a', 7]], 'e2'));
    expect(values()).toEqual({ a: 7 });
    world.socket.say(delta(3, 4, [['a', 8]]));
    expect(values()).toEqual({ a: 8 });
  });

  it('waits longer with each failure, and starts over after a success', () => {
    world.chance = 1;
    client.start();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      const before = world.sockets.length;
      world.socket.drop(1006);
      let waited = 0;
      while (world.sockets.length === before) {
        world.pass(500);
        waited += 500;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    world.socket.accept();
    world.socket.say({ t: 'hello', v: 1, now: world.time, hb: 5000 });
    world.socket.drop(1006);
    const count = world.sockets.length;
    world.pass(500);
    expect(world.sockets.length).toBe(count + 1);
  });

  it('spreads over the time that a restarting server names', () => {
    connect();
    world.socket.say({ t: 'bye', code: 1012, in: 8000 });
    world.socket.drop(1012);
    world.pass(3_999);
    expect(world.sockets).toHaveLength(1);
    world.pass(1);
    expect(world.sockets).toHaveLength(2);
  });

  it.each([4401, 4403])('ends for good when refused with %i', (code) => {
    connect();
    world.socket.drop(code);
    world.pass(600_000);
    expect(refused).toEqual([code]);
    expect(world.sockets).toHaveLength(1);
  });

  it('holds back for a minute when told that it was too much', () => {
    connect();
    world.socket.drop(4429);
    world.pass(59_999);
    expect(world.sockets).toHaveLength(1);
    world.pass(1);
    expect(world.sockets).toHaveLength(2);
  });

  it('does not happen after stopping, and what was known is forgotten', () => {
    connect();
    client.subscribe('x');
    world.socket.say(snap(10, [['a', 1]]));
    client.stop();
    world.pass(600_000);
    expect(world.sockets).toHaveLength(1);
    expect(client.state('x').epoch).toBeNull();
  });
});

describe('random loss', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('ends with the server’s state, seed %i', (seed) => {
    let state = seed;
    const random = (): number => {
      state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
      return state / 0x7fffffff;
    };
    // A server that keeps, per key, the sequence of its last change, as the real one does.
    const truth = new Map<string, { value: number | null; q: number }>();
    let head = 0;
    const since = (p: number): object => {
      const changed = [...truth].filter(([, entry]) => entry.q > p);
      return delta(
        p,
        head,
        changed.filter(([, entry]) => entry.value !== null).map(([key, entry]) => [key, entry.value]),
        changed.filter(([, entry]) => entry.value === null).map(([key]) => key),
      );
    };
    connect();
    client.subscribe('x');
    world.socket.say(snap(0, []));
    let sent = 0;
    let answered = subscriptions().length;
    const answer = (): void => {
      for (const ask of subscriptions().slice(answered)) world.socket.say(since(Number(ask['q'] ?? 0)));
      answered = subscriptions().length;
    };
    for (let step = 0; step < 200; step++) {
      head += 1;
      truth.set(`k${Math.floor(random() * 10)}`, { value: random() < 0.2 ? null : step, q: head });
      if (random() < 0.6) {
        const frame = since(sent);
        sent = head;
        // The frame may get lost on its way.
        if (random() < 0.7) world.socket.say(frame);
        answer();
      }
    }
    for (let beat = 0; beat < 2; beat++) {
      world.socket.say({ t: 'hb', now: world.time, q: { x: head }, lag: {} });
      answer();
    }
    expect(client.state('x').seq).toBe(head);
    const expected = Object.fromEntries([...truth].filter(([, entry]) => entry.value !== null).map(([key, entry]) => [key, entry.value]));
    expect(Object.fromEntries([...client.state('x').rows].map(([key, row]) => [key, row[1]]))).toEqual(expected);
  });
});
