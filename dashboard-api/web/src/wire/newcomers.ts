/** What REST answers about those who wanted in and are not known. */
import { flag, instant, list, nullable, number, object, oneOf, text, withDefault } from './check';
import { name } from './rest';

const showing = object({
  id: text,
  /** Whether a secret was shown at all. */
  secret: flag,
  shortSecret: withDefault(flag, false),
  certificate: withDefault(text, ''),
  address: withDefault(text, ''),
  first: instant,
  last: instant,
  attempts: number,
});
export type Showing = ReturnType<typeof showing>;

const pointGuess = object({ metric: text, source: withDefault(text, ''), unit: withDefault(text, '') });
const guess = object({
  facility: withDefault(text, ''),
  type: withDefault(text, ''),
  device: withDefault(text, ''),
  externalId: withDefault(text, ''),
  name,
  points: withDefault(list(pointGuess), []),
  choices: withDefault(list(object({ id: text, name, metrics: list(text) })), []),
  unknownNames: withDefault(list(text), []),
  because: withDefault(list(text), []),
});
export type Guess = ReturnType<typeof guess>;

export const newcomer = object({
  /** As addresses of the interface write it. */
  id: text,
  /** What it calls itself. */
  name: text,
  state: oneOf('waiting', 'dismissed', 'settled'),
  door: text,
  addresses: withDefault(list(text), []),
  user: withDefault(text, ''),
  topic: withDefault(text, ''),
  sample: withDefault(text, ''),
  first: instant,
  last: instant,
  attempts: number,
  acceptable: flag,
  showings: list(showing),
  warnings: withDefault(list(object({ code: text, sentence: name })), []),
  known: nullable(object({ device: text, name, facility: text, facilityName: name, credential: flag })),
  decision: nullable(object({ decision: oneOf('accepted', 'dismissed'), time: instant, actor: text })),
  guess,
});
export type Newcomer = ReturnType<typeof newcomer>;

export const counts = object({ waiting: number, dismissed: number });
export type Counts = ReturnType<typeof counts>;

/** `password` is shown once; null = the device keeps the secret that it has. */
export const accepted = object({ device: text, facility: text, username: text, password: nullable(text), topic: text });
export type Accepted = ReturnType<typeof accepted>;
