/** Editing rules as values: what the fields hold, and what is sent of it. */
import type { Finding } from '../wire/ledger';
import type { Rule, Scope, Stated, Version } from '../wire/rules';

export type Level = 'domain' | 'type' | 'facility' | 'device';
export const LEVELS: readonly Level[] = ['domain', 'type', 'facility', 'device'];
export const SIDES = ['ll', 'l', 'h', 'hh', 'x', 'state'] as const;
export const STATISTICS = ['raw', 'mean_5min', 'mean_10min', 'mean_15min', 'mean_20min', 'hourly_mean', 'daily_mean'] as const;

/** Where something is to hold; what the level does not use stays, so that going back and forth loses nothing. */
export interface ScopeDraft {
  readonly level: Level;
  readonly domain: string;
  readonly type: string;
  readonly facility: string;
  readonly device: string;
}

export function levelOf(scope: Scope): Level {
  if (scope.device) return 'device';
  if (scope.facility) return 'facility';
  return scope.type ? 'type' : 'domain';
}

export const scopeDraftOf = (scope: Scope): ScopeDraft => ({ level: levelOf(scope), domain: scope.domain, type: scope.type ?? '', facility: scope.facility ?? '', device: scope.device ?? '' });

export function scopeOf(draft: ScopeDraft): Scope {
  const at = LEVELS.indexOf(draft.level);
  return {
    domain: draft.domain,
    type: draft.level === 'type' ? draft.type : null,
    facility: at >= LEVELS.indexOf('facility') ? draft.facility.trim() : null,
    device: draft.level === 'device' ? draft.device.trim() : null,
  };
}

/** As the server writes it: `domain/type/facility/device`. */
export const scopeText = (scope: Scope): string => [scope.domain, scope.type, scope.facility, scope.device].map((part) => part ?? '').join('/');

/** Whether the level's own field is filled in. */
export const isComplete = (draft: ScopeDraft): boolean => {
  const scope = scopeOf(draft);
  return draft.domain !== '' && scope.type !== '' && scope.facility !== '' && scope.device !== '';
};

/** Id of the setting of what is learned of a device's points together. */
export const JOINT = 'joint';

/** What the fields hold: numbers are texts while they are typed. */
export interface RuleDraft {
  /** `joint` = what is learned of a device's points together. */
  readonly kind: 'limit' | 'learned' | 'joint' | 'pattern';
  readonly metric: string;
  readonly side: string;
  readonly value: string;
  readonly states: readonly number[];
  readonly grade: number;
  readonly onDelaySeconds: string;
  readonly offDelaySeconds: string;
  readonly deadband: string;
  readonly statistic: string;
  readonly source: string;
  readonly disabled: boolean;
  readonly note: string;
}

export const NEW_RULE: RuleDraft = {
  kind: 'limit',
  metric: '',
  side: 'h',
  value: '',
  states: [],
  grade: 3,
  onDelaySeconds: '0',
  offDelaySeconds: '0',
  deadband: '',
  statistic: 'raw',
  source: '',
  disabled: false,
  note: '',
};

function statedDraft(stated: Stated): Partial<RuleDraft> {
  return {
    value: stated.value,
    states: stated.states,
    grade: stated.grade,
    onDelaySeconds: String(stated.onDelaySeconds),
    offDelaySeconds: String(stated.offDelaySeconds),
    deadband: stated.deadband === null ? '' : String(stated.deadband),
    statistic: stated.statistic,
    source: stated.source,
  };
}

/** What the editor begins with. A rule that is off still knows its limit, or takes the pack's. */
export function draftOf(rule: Rule): RuleDraft {
  if (rule.kind !== 'limit') return { ...NEW_RULE, kind: rule.rule === JOINT ? 'joint' : rule.kind, metric: rule.metric, grade: rule.grade, disabled: rule.disabled };
  const told = rule.stated;
  const stated = told && (told.value !== '' || told.states.length > 0) ? told : (rule.pack ?? told);
  return { ...NEW_RULE, metric: rule.metric, side: rule.side ?? 'h', ...(stated ? statedDraft(stated) : {}), disabled: rule.disabled };
}

/** Fields in which the draft is not what the pack says; empty when there is no pack's word. */
export function differing(draft: RuleDraft, pack: Stated | null): ReadonlySet<keyof RuleDraft> {
  const different = new Set<keyof RuleDraft>();
  if (!pack) return different;
  const word = { ...draft, ...statedDraft(pack), disabled: false };
  for (const field of ['value', 'grade', 'onDelaySeconds', 'offDelaySeconds', 'deadband', 'statistic', 'source', 'disabled'] as const) if (word[field] !== draft[field]) different.add(field);
  if ([...pack.states].sort().join() !== [...draft.states].sort().join()) different.add('states');
  return different;
}

/** Field of the form → why it cannot be so; `''` = of the whole. */
export type Failures = Readonly<Record<string, string>>;

/** Numbers that are none; the rest is the server's to judge. */
export function misread(draft: RuleDraft): readonly (keyof RuleDraft)[] {
  if (draft.kind !== 'limit' || draft.disabled) return [];
  const wrong: (keyof RuleDraft)[] = [];
  for (const field of ['onDelaySeconds', 'offDelaySeconds'] as const) if (!/^\d{1,9}$/.test(draft[field].trim())) wrong.push(field);
  if (draft.deadband.trim() !== '' && !Number.isFinite(Number(draft.deadband))) wrong.push('deadband');
  return wrong;
}

const whole = (text: string): number => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : 0);

/** What is sent; numbers must have been read. */
export function requestOf(draft: RuleDraft, scope: Scope, expectedVersion: number): Record<string, unknown> {
  const about = { scope, expectedVersion, note: draft.note.trim() };
  if (draft.kind !== 'limit') return { ...about, learned: { disabled: draft.disabled, grade: draft.grade } };
  const isState = draft.side === 'state';
  return {
    ...about,
    limit: {
      metric: draft.metric,
      side: draft.side,
      value: isState ? '' : draft.value.trim(),
      states: isState ? draft.states : [],
      grade: draft.grade,
      onDelaySeconds: whole(draft.onDelaySeconds),
      offDelaySeconds: whole(draft.offDelaySeconds),
      deadband: draft.deadband.trim() === '' ? null : Number(draft.deadband),
      statistic: draft.statistic,
      source: draft.source.trim(),
      disabled: draft.disabled,
    },
  };
}

const FIELDS: Record<string, string> = {
  'limit.metric': 'metric',
  'limit.side': 'side',
  'limit.value': 'value',
  'limit.values': 'states',
  'limit.grade': 'grade',
  'limit.on_delay_seconds': 'onDelaySeconds',
  'limit.off_delay_seconds': 'offDelaySeconds',
  'limit.deadband': 'deadband',
  'limit.statistic': 'statistic',
  'limit.source': 'source',
  'learned.grade': 'grade',
  'scope.domain': 'scope',
  'scope.facility_type': 'scope',
  'scope.facility': 'scope',
  'scope.device': 'scope',
  'maintenance.from_millis': 'from',
  'maintenance.to_millis': 'to',
  note: 'note',
};

/** The server's refusals at the fields that they are about. */
export function failuresOf(findings: readonly Finding[], language: 'zh' | 'en'): Failures {
  const failures: Record<string, string> = {};
  for (const finding of findings) failures[FIELDS[finding.column] ?? ''] ??= finding.sentence[language];
  return failures;
}

/** Newest version in a scope, 0 = none. */
export const newestIn = (versions: readonly Version[], scope: Scope): number =>
  versions.filter((version) => scopeText(version.scope) === scopeText(scope)).reduce((newest, version) => Math.max(newest, version.version), 0);

/** Whether the version is the newest of its scope: what holds needs no restoring. */
export const isNewest = (versions: readonly Version[], version: Version): boolean => newestIn(versions, version.scope) === version.version;

export type RuleFilter = Readonly<Partial<Record<'domain' | 'type' | 'facility' | 'metric', string>>> & { readonly changed?: boolean };

/** The filter that an address names; a facility has its domain and type. */
export function filterOf(query: Record<string, unknown>): RuleFilter {
  const filter: Record<string, string | boolean> = {};
  for (const name of ['domain', 'type', 'facility', 'metric'] as const) {
    const value = query[name];
    if (typeof value === 'string' && value !== '') filter[name] = value;
  }
  if (filter['facility'] !== undefined) delete filter['type'];
  if (query['changed'] === '1') filter['changed'] = true;
  return filter;
}

/** Rows whose rule, title or place has the words. */
export function matching(rules: readonly Rule[], words: string, titleOf: (rule: Rule) => string): readonly Rule[] {
  const wanted = words.trim().toLowerCase();
  return wanted === '' ? rules : rules.filter((rule) => `${rule.rule} ${titleOf(rule)} ${rule.scope.facility ?? ''} ${rule.scope.device ?? ''}`.toLowerCase().includes(wanted));
}
