/** The decision about a newcomer: what a person filled in, what still keeps it from being accepted, and what is sent. */
import type { Newcomer, Showing } from '../wire/newcomers';

export interface PointDraft {
  metric: string;
  source: string;
  unit: string;
}

export interface AcceptDraft {
  facility: string;
  /** Id that the device gets. */
  device: string;
  nameZh: string;
  nameEn: string;
  /** Id of a device of the facility's type; empty = none of them. */
  type: string;
  points: PointDraft[];
  gateway: string;
  externalId: string;
  /** Id of the showing whose secret it keeps; `NEW_SECRET`; empty = not chosen yet. */
  secret: string;
}
export const NEW_SECRET = 'new';

/** Ids as the ledger takes them. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export const secretsOf = ({ showings }: Newcomer): Showing[] => showings.filter((showing) => showing.secret);
/** Behind a broker of its own a device needs no secret of ours; by a certificate neither. */
export const needsSecret = (newcomer: Newcomer): boolean => newcomer.door !== 'bridge' && (newcomer.showings[0]?.certificate ?? '') === '';
/** Whether it may get another id than it calls itself. */
export const mayRename = (newcomer: Newcomer): boolean => newcomer.door !== 'mqtt';
/** A data logger's password is set at the logger, and behind another broker ours is of no use. */
export const mayIssue = (newcomer: Newcomer): boolean => newcomer.door === 'mqtt';
const severalSecrets = (newcomer: Newcomer): boolean => newcomer.warnings.some((warning) => warning.code === 'SEVERAL_SECRETS');

/** The guess, filled in. A secret is chosen for nobody where several were shown. */
export function draftOf(newcomer: Newcomer): AcceptDraft {
  const { guess } = newcomer;
  const [only] = secretsOf(newcomer);
  return {
    facility: guess.facility,
    device: guess.device,
    nameZh: guess.name.zh,
    nameEn: guess.name.en,
    type: guess.type,
    points: guess.points.map((point) => ({ ...point })),
    gateway: '',
    externalId: guess.externalId,
    secret: severalSecrets(newcomer) ? '' : (only?.id ?? (needsSecret(newcomer) && mayIssue(newcomer) ? NEW_SECRET : '')),
  };
}

/** What such a device usually measures takes the place of the points. */
export function withType(draft: AcceptDraft, newcomer: Newcomer, type: string): AcceptDraft {
  const choice = newcomer.guess.choices.find((known) => known.id === type);
  if (!choice) return { ...draft, type: '' };
  const named = new Map(newcomer.guess.points.map((point) => [point.metric, point]));
  return {
    ...draft,
    type,
    nameZh: choice.name.zh,
    nameEn: choice.name.en,
    points: choice.metrics.map((metric) => ({ ...(named.get(metric) ?? { metric, source: '', unit: '' }) })),
  };
}

export type Obstacle = 'facility' | 'device' | 'name' | 'secret' | 'notAcceptable';

/** What still keeps it from being accepted; null = nothing that can be told here. */
export function obstacleTo(newcomer: Newcomer, draft: AcceptDraft): Obstacle | null {
  const needed = newcomer.known === null ? needsSecret(newcomer) : true;
  if (newcomer.known === null) {
    if (!newcomer.acceptable) return 'notAcceptable';
    if (draft.facility.trim() === '') return 'facility';
    if (!ID.test(draft.device.trim())) return 'device';
    if (draft.nameZh.trim() === '' || draft.nameEn.trim() === '') return 'name';
  }
  return (needed || severalSecrets(newcomer)) && draft.secret === '' ? 'secret' : null;
}

/** The body of the decision. */
export function requestOf(newcomer: Newcomer, draft: AcceptDraft): Record<string, unknown> {
  const secret = draft.secret === NEW_SECRET ? { newSecret: true } : draft.secret === '' ? {} : { showing: draft.secret };
  if (newcomer.known !== null) return { replaceCredential: true, ...secret };
  const device = draft.device.trim();
  return {
    facility: draft.facility.trim(),
    device,
    name: { zh: draft.nameZh.trim(), en: draft.nameEn.trim() },
    points: draft.points.filter((point) => point.metric !== '').map((point) => ({ metric: point.metric, source: point.source.trim(), unit: point.unit.trim() })),
    gateway: draft.gateway.trim(),
    externalId: draft.externalId.trim(),
    ...secret,
  };
}

/** Whether the guess is good enough to be offered as it is: a place and something to measure, and nothing to look at first. */
export const isSure = (newcomer: Newcomer): boolean => newcomer.known === null && newcomer.guess.points.length > 0 && newcomer.warnings.length === 0 && obstacleTo(newcomer, draftOf(newcomer)) === null;
