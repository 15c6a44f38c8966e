/**
 * The live socket: one connection, channels by reference count, resume by sequence number, reconnect with jitter.
 * Knows nothing of what the channels mean.
 */
import { applyDelta, applySnapshot, EMPTY_CHANNEL, type ChannelState } from '../state/channel';
import { backoff, NO_CONNECTION, silentLimit, type Connection } from '../state/connection';
import { parseFrame, PROTOCOL, type Frame } from '../wire/live';

/** The part of a WebSocket that is used; tests give their own. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

/** Everything of the outside world that the client needs. */
export interface Surroundings {
  connect(): Socket;
  /** Runs `task` after `millis`; returns how to call it off. */
  later(millis: number, task: () => void): () => void;
  now(): number;
  random(): number;
}

export interface Listener {
  onChannel(channel: string, state: ChannelState): void;
  onConnection(connection: Connection): void;
  /** Server time minus local time, ms. */
  onClock(offset: number): void;
  /** The server ended the session (4401) or forbids the socket (4403): no more attempts are made. */
  onRefused(code: number): void;
  onProblem(message: string): void;
}

interface Subscription {
  uses: number;
  state: ChannelState;
  /** Head seen in the last heartbeat when we were behind it; null when not behind. */
  behind: number | null;
}

export class LiveClient {
  readonly #channels = new Map<string, Subscription>();
  #socket: Socket | null = null;
  #connection: Connection = NO_CONNECTION;
  #attempt = 0;
  #nextId = 1;
  #running = false;
  #comeBackIn: number | null = null;
  #cancelReconnect: (() => void) | null = null;
  #cancelWatch: (() => void) | null = null;

  constructor(
    private readonly world: Surroundings,
    private readonly listener: Listener,
  ) {}

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#attempt = 0;
    this.#change({ ...NO_CONNECTION, lostSince: this.world.now() });
    this.#open();
  }

  stop(): void {
    this.#running = false;
    this.#cancelReconnect?.();
    this.#cancelWatch?.();
    this.#cancelReconnect = this.#cancelWatch = null;
    this.#drop();
    for (const subscription of this.#channels.values()) {
      subscription.state = EMPTY_CHANNEL;
      subscription.behind = null;
    }
    this.#change(NO_CONNECTION);
  }

  /** Asks for a channel; call the result once to give it back. The last one to leave ends the subscription. */
  subscribe(channel: string): () => void {
    let subscription = this.#channels.get(channel);
    if (!subscription) {
      subscription = { uses: 0, state: EMPTY_CHANNEL, behind: null };
      this.#channels.set(channel, subscription);
      this.#ask(channel, subscription);
    }
    subscription.uses += 1;
    let held = true;
    return () => {
      const current = this.#channels.get(channel);
      if (!held || !current) return;
      held = false;
      current.uses -= 1;
      if (current.uses > 0) return;
      this.#channels.delete(channel);
      this.#send({ op: 'unsub', id: this.#nextId++, ch: channel });
    };
  }

  state(channel: string): ChannelState {
    return this.#channels.get(channel)?.state ?? EMPTY_CHANNEL;
  }

  #open(): void {
    if (!this.#running) return;
    const socket = this.world.connect();
    this.#socket = socket;
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      this.#change({ ...this.#connection, open: true });
      for (const [channel, subscription] of this.#channels) this.#ask(channel, subscription);
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(String(event.data));
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#closed(event.code);
    };
    this.#watch();
  }

  /** A connection that says nothing for three heartbeats is dead, whatever TCP thinks. */
  #watch(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = this.world.later(silentLimit(this.#connection), () => {
      this.#drop();
      this.#closed(1006);
    });
  }

  #drop(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(1000);
  }

  #closed(code: number): void {
    this.#socket = null;
    this.#cancelWatch?.();
    this.#cancelWatch = null;
    this.#change({ ...this.#connection, open: false, lostSince: this.#connection.lostSince ?? this.world.now() });
    if (!this.#running) return;
    if (code === 4401 || code === 4403) {
      this.#running = false;
      this.listener.onRefused(code);
      return;
    }
    const announced = this.#comeBackIn;
    this.#comeBackIn = null;
    let wait = backoff(this.#attempt, this.world.random());
    if (code === 4413 || code === 4429) wait = 60_000;
    else if (announced !== null) wait = Math.round(announced * this.world.random());
    this.#attempt += 1;
    this.#cancelReconnect = this.world.later(wait, () => this.#open());
  }

  #receive(data: string): void {
    let frame: Frame | null;
    try {
      frame = parseFrame(data);
    } catch (error) {
      this.listener.onProblem(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#attempt = 0;
    this.#watch();
    const now = this.world.now();
    let connection: Connection = { ...this.#connection, open: true, lastFrame: now, lostSince: null };
    if (frame !== null) {
      switch (frame.t) {
        case 'hello':
          connection = { ...connection, heartbeat: Math.max(1000, frame.hb) };
          this.listener.onClock(frame.now - now);
          break;
        case 'hb':
          connection = { ...connection, lag: frame.lag['telemetry'] ?? null };
          this.listener.onClock(frame.now - now);
          this.#compareHeads(frame.q);
          this.#send({ op: 'pong' });
          break;
        case 'snap': {
          const subscription = this.#channels.get(frame.c);
          if (subscription) {
            subscription.behind = null;
            this.#advance(frame.c, subscription, applySnapshot(frame));
          }
          break;
        }
        case 'd': {
          const subscription = this.#channels.get(frame.c);
          if (!subscription) break;
          const applied = applyDelta(subscription.state, frame);
          if (applied.outcome === 'applied') this.#advance(frame.c, subscription, applied.state);
          else if (applied.outcome === 'gap') this.#ask(frame.c, subscription);
          break;
        }
        case 'err':
          this.listener.onProblem(`${frame.code}: ${frame.msg}`);
          break;
        case 'bye':
          this.#comeBackIn = frame.in;
          break;
        default: {
          const unreachable: never = frame;
          return unreachable;
        }
      }
    }
    this.#change(connection);
  }

  #advance(channel: string, subscription: Subscription, state: ChannelState): void {
    subscription.state = state;
    this.listener.onChannel(channel, state);
  }

  /** A head that stays ahead of us over two heartbeats means that a delta was lost; a newer one may just be on its way. */
  #compareHeads(heads: Record<string, number>): void {
    for (const [channel, subscription] of this.#channels) {
      const head = heads[channel];
      if (head === undefined || head <= subscription.state.seq || subscription.state.epoch === null) {
        subscription.behind = null;
      } else if (subscription.behind !== null && subscription.state.seq < subscription.behind) {
        subscription.behind = null;
        this.#ask(channel, subscription);
      } else {
        subscription.behind = head;
      }
    }
  }

  #ask(channel: string, subscription: Subscription): void {
    const { epoch, seq } = subscription.state;
    const resume = epoch === null ? {} : { e: epoch, q: seq };
    this.#send({ op: 'sub', id: this.#nextId++, ch: channel, ...resume });
  }

  #send(message: object): void {
    if (this.#socket && this.#connection.open) this.#socket.send(JSON.stringify(message));
  }

  #change(connection: Connection): void {
    this.#connection = connection;
    this.listener.onConnection(connection);
  }
}

/** The browser itself. */
export function browser(): Surroundings {
  return {
    connect: () => {
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
      return new WebSocket(`${scheme}://${location.host}/ws/live`, PROTOCOL) as unknown as Socket;
    },
    later: (millis, task) => {
      const timer = setTimeout(task, millis);
      return () => clearTimeout(timer);
    },
    now: () => Date.now(),
    random: () => Math.random(),
  };
}
