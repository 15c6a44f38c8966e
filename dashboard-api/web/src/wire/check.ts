/** Checks of what the server sent. A shape that we do not understand is an error with the place's name, never a half-read object. */
export class WireError extends Error {
  constructor(readonly place: string, readonly expected: string, value: unknown) {
    super(`${place}: expected ${expected}, got ${describe(value)}`);
    this.name = 'WireError';
  }
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value).slice(0, 40)}`;
}

export type Check<T> = (value: unknown, place: string) => T;

export const text: Check<string> = (value, place) => {
  if (typeof value !== 'string') throw new WireError(place, 'a text', value);
  return value;
};

/** An id: a text, or a number that is kept as one. */
export const ident: Check<string> = (value, place) => (typeof value === 'number' ? String(value) : text(value, place));

export const number: Check<number> = (value, place) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new WireError(place, 'a finite number', value);
  return value;
};

export const flag: Check<boolean> = (value, place) => {
  if (typeof value !== 'boolean') throw new WireError(place, 'true or false', value);
  return value;
};

export const anything: Check<unknown> = (value) => value;

/** Absent and null are the same on this wire. */
export function nullable<T>(check: Check<T>): Check<T | null> {
  return (value, place) => (value === null || value === undefined ? null : check(value, place));
}

export function withDefault<T>(check: Check<T>, otherwise: T): Check<T> {
  return (value, place) => (value === null || value === undefined ? otherwise : check(value, place));
}

export function list<T>(check: Check<T>): Check<T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw new WireError(place, 'a list', value);
    return value.map((item, index) => check(item, `${place}[${index}]`));
  };
}

export function record<T>(check: Check<T>): Check<Record<string, T>> {
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WireError(place, 'an object', value);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, check(item, `${place}.${key}`)]));
  };
}

export function oneOf<const T extends string | number>(...allowed: readonly T[]): Check<T> {
  return (value, place) => {
    if (!allowed.includes(value as T)) throw new WireError(place, `one of ${allowed.join(', ')}`, value);
    return value as T;
  };
}

export function pair<A, B>(first: Check<A>, second: Check<B>): Check<[A, B]> {
  return (value, place) => {
    if (!Array.isArray(value) || value.length < 2) throw new WireError(place, 'a pair', value);
    return [first(value[0], `${place}[0]`), second(value[1], `${place}[1]`)];
  };
}

/** ISO-8601 text (REST) or epoch ms (live) to epoch ms. */
export const instant: Check<number> = (value, place) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string') {
    const millis = Date.parse(value);
    if (Number.isFinite(millis)) return millis;
  }
  throw new WireError(place, 'a time', value);
};

type Shape = Record<string, Check<unknown>>;
type Checked<S extends Shape> = { [K in keyof S]: S[K] extends Check<infer T> ? T : never };

/** An object with at least these fields; unknown fields are dropped, since fields are only ever added. */
export function object<S extends Shape>(shape: S): Check<Checked<S>> {
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WireError(place, 'an object', value);
    const source = value as Record<string, unknown>;
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(shape)) result[key] = shape[key]!(source[key], `${place}.${key}`);
    return result as Checked<S>;
  };
}
