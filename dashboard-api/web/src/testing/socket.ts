import type { Socket, Surroundings } from '../api/live';

/** A socket whose other end is the test. */
export class TestingSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  closed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Record<string, unknown>);
  }
  close(): void {
    this.closed = true;
  }
  accept(): void {
    this.onopen?.();
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  saw(text: string): void {
    this.onmessage?.({ data: text });
  }
  drop(code: number): void {
    this.onclose?.({ code, reason: '' });
  }
}

/** A world with a clock of its own: time passes only by `pass`. */
export class TestingWorld implements Surroundings {
  readonly sockets: TestingSocket[] = [];
  time = 1_000_000;
  chance = 0.5;
  #tasks: { at: number; task: () => void }[] = [];

  get socket(): TestingSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error('no connection was attempted');
    return last;
  }
  connect(): Socket {
    const socket = new TestingSocket();
    this.sockets.push(socket);
    return socket;
  }
  later(millis: number, task: () => void): () => void {
    const entry = { at: this.time + millis, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }
  now(): number {
    return this.time;
  }
  random(): number {
    return this.chance;
  }
  /** Lets time go by and runs what falls due, in order. */
  pass(millis: number): void {
    const end = this.time + millis;
    for (;;) {
      const next = this.#tasks.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#tasks = this.#tasks.filter((other) => other !== next);
      this.time = next.at;
      next.task();
    }
    this.time = end;
  }
}
