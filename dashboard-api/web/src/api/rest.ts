/** REST: the only place that calls `fetch`. Every answer is checked against its shape before anyone sees it. */
import * as wire from '../wire/rest';
import { list, type Check } from '../wire/check';
import * as ledgerWire from '../wire/ledger';
import { finding, type Finding } from '../wire/ledger';
import * as newcomerWire from '../wire/newcomers';
import * as ruleWire from '../wire/rules';

/** What the server refused or could not do; `status` 0 = it was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** What is wrong with each part of what was sent, where the server says. */
    readonly findings: readonly Finding[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

let onUnauthorised: () => void = () => undefined;

/** Called whenever a request finds that the session is over. */
export function whenUnauthorised(handler: () => void): void {
  onUnauthorised = handler;
}

function cookie(cookieName: string): string | null {
  for (const part of document.cookie.split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === cookieName) return decodeURIComponent(value.join('='));
  }
  return null;
}

async function problem(response: Response): Promise<ApiError> {
  let code = '';
  let findings: Finding[] = [];
  let message = response.statusText;
  try {
    const body = (await response.json()) as { title?: string; detail?: string; code?: string; errors?: unknown };
    findings = Array.isArray(body.errors) ? list(finding)(body.errors, 'errors') : [];
    code = body.code ?? '';
    message = body.detail ?? body.title ?? message;
  } catch {
    // Not every refusal comes from our own server; a proxy answers with a page.
  }
  return new ApiError(response.status, code, message || `HTTP ${response.status}`, findings);
}

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  /** A file sent as it is, with its content type. */
  file?: { readonly bytes: Blob; readonly type: string };
  /** Refuse when what is changed is no longer this version. */
  ifMatch?: string;
  query?: Record<string, string | number | boolean | null | undefined>;
  /** Whether a 401 ends the session (default) or is an ordinary answer. */
  quiet?: boolean;
  signal?: AbortSignal;
}

async function send(path: string, call: Call): Promise<Response> {
  const method = call.method ?? 'GET';
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(call.query ?? {})) {
    if (value !== null && value !== undefined && value !== '') query.set(key, String(value));
  }
  const headers: Record<string, string> = { Accept: 'application/json, application/problem+json', 'X-Requested-With': 'XMLHttpRequest' };
  if (call.body !== undefined) headers['Content-Type'] = 'application/json';
  if (call.file) headers['Content-Type'] = call.file.type;
  if (call.ifMatch !== undefined) headers['If-Match'] = `"${call.ifMatch}"`;
  const token = cookie('XSRF-TOKEN');
  if (token !== null && method !== 'GET') headers['X-XSRF-TOKEN'] = token;
  const suffix = query.size > 0 ? `?${query}` : '';
  let response: Response;
  try {
    response = await fetch(`/api/${path}${suffix}`, {
      method,
      headers,
      credentials: 'same-origin',
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.file ? { body: call.file.bytes } : {}),
      ...(call.signal ? { signal: call.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'UNREACHABLE', 'server not reached');
  }
  if (response.status === 401 && !call.quiet) onUnauthorised();
  if (!response.ok) throw await problem(response);
  return response;
}

async function ask<T>(path: string, check: Check<T>, call: Call = {}): Promise<T> {
  const response = await send(path, call);
  return check((await response.json()) as unknown, path);
}

const id = encodeURIComponent;

export const session = {
  /** The session this browser already has; null when it has none. */
  async current(): Promise<wire.Session | null> {
    try {
      return await ask('session', wire.session, { quiet: true });
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return null;
      throw error;
    }
  },
  open: (user: string, password: string) =>
    ask('session', wire.session, { method: 'POST', body: { user, password }, quiet: true }),
  async close(): Promise<void> {
    await send('session', { method: 'DELETE', quiet: true });
  },
};

export const catalogue = (): Promise<wire.Catalogue> => ask('catalogue', wire.catalogue);

export interface FacilityFilter {
  domain?: string;
  district?: string;
}
/** All facilities, page by page. */
export async function facilities(filter: FacilityFilter = {}): Promise<wire.Facility[]> {
  const all: wire.Facility[] = [];
  const size = 1000;
  for (let after: string | undefined; ; ) {
    const page = await ask('facilities', list(wire.facility), { query: { ...filter, limit: size, after } });
    all.push(...page);
    const last = page.at(-1);
    if (page.length < size || !last || last.id === after) return all;
    after = last.id;
  }
}
export const facility = (facilityId: string): Promise<wire.FacilityDetail> => ask(`facilities/${id(facilityId)}`, wire.facilityDetail);

export const history = (point: string, from: number, to: number, signal?: AbortSignal): Promise<wire.History> =>
  ask('history', wire.history, {
    query: { point, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
    ...(signal ? { signal } : {}),
  });

export interface AlarmFilter {
  state?: 'open' | 'closed' | 'all';
  grade?: number | null;
  domain?: string | null;
  district?: string | null;
  facility?: string | null;
  /** Of which they are part. */
  incident?: string;
  limit?: number;
  after?: string | null;
}
export const alarms = (filter: AlarmFilter): Promise<wire.Alarm[]> => ask('alarms', list(wire.alarm), { query: { ...filter } });
export const alarm = (alarmId: string): Promise<wire.AlarmDetail> => ask(`alarms/${id(alarmId)}`, wire.alarmDetail);
export const acknowledge = (alarmId: string, note: string): Promise<wire.Alarm> =>
  ask(`alarms/${id(alarmId)}/ack`, wire.alarm, { method: 'POST', body: note ? { note } : {} });
export const comment = (alarmId: string, note: string): Promise<wire.Alarm> =>
  ask(`alarms/${id(alarmId)}/comment`, wire.alarm, { method: 'POST', body: { note } });
/** @param word `none` takes back what was said */
export const judge = (alarmId: string, word: wire.Verdict | 'none', note: string): Promise<wire.Alarm> =>
  ask(`alarms/${id(alarmId)}/verdict`, wire.alarm, { method: 'POST', body: note ? { word, note } : { word } });

export const rates = (scope: string, code: string, period: string, from: number, to: number): Promise<wire.Rate[]> =>
  ask('rates', list(wire.rate), {
    query: { scope, code, period, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
  });
export const currentRates = (period: string, prefix: string): Promise<wire.Rate[]> =>
  ask('rates/current', list(wire.rate), { query: { period, prefix } });

export const rejected = (limit: number, reason: string | null): Promise<wire.Rejected[]> =>
  ask('rejected', list(wire.rejected), { query: { limit, reason } });
export const rejectedSummary = (): Promise<wire.RejectedSummary> => ask('rejected/summary', wire.rejectedSummary);
export const pipeline = (): Promise<wire.Pipeline> => ask('pipeline', wire.pipeline);
export const health = (): Promise<wire.Health> => ask('health', wire.health, { quiet: true });

export const duty = (): Promise<wire.Duty> => ask('duty/current', wire.duty);
export const roster = (): Promise<wire.RosterView> => ask('roster', wire.rosterView);
export async function saveRoster(next: wire.Roster): Promise<void> {
  await send('roster', {
    method: 'PUT',
    body: {
      persons: next.persons.map((person) => ({ ...person, webhook: person.webhook || null })),
      shifts: next.shifts.map((shift) => ({
        ...shift,
        from: new Date(shift.from).toISOString(),
        to: new Date(shift.to).toISOString(),
      })),
    },
  });
}
export const notifications = (limit: number, alarmId?: string): Promise<wire.Notification[]> =>
  ask('notifications', list(wire.notification), { query: { limit, alarm: alarmId } });

export type LedgerFilter = Partial<Record<'district' | 'street' | 'domain' | 'type' | 'owner' | 'q', string>>;
export const ledger = {
  page: (filter: LedgerFilter, limit: number, after: string | null) => ask('assets', ledgerWire.page, { query: { ...filter, format: 'json', limit, after } }),
  card: (facilityId: string) => ask(`assets/${id(facilityId)}`, ledgerWire.card),
  change: (facilityId: string, version: string, patch: Record<string, unknown>) =>
    ask(`assets/${id(facilityId)}`, ledgerWire.card, { method: 'PATCH', body: patch, ifMatch: version }),
  changes: (facilityId: string, limit: number, after: string | null) => ask(`assets/${id(facilityId)}/changes`, list(ledgerWire.change), { query: { limit, after } }),
  /** @returns the facility as it is again; null when there is none any more, since its being added was undone */
  async undo(facilityId: string): Promise<ledgerWire.Card | null> {
    const path = `assets/${id(facilityId)}/undo`;
    const response = await send(path, { method: 'POST' });
    return response.status === 204 ? null : ledgerWire.card((await response.json()) as unknown, path);
  },
  bring: (bytes: Blob, type: string, kind: string | null, mode: { dryRun: boolean; strict: boolean }) =>
    ask('assets', ledgerWire.imported, { method: 'POST', file: { bytes, type }, query: { kind, ...mode } }),
  checks: (filter: LedgerFilter, code: string | null, limit: number, after: string | null) =>
    ask('assets/checks', list(ledgerWire.lack), { query: { ...filter, code, limit, after } }),
  checksSummary: (filter: LedgerFilter) => ask('assets/checks/summary', ledgerWire.checksSummary, { query: { ...filter } }),
  /** Address of an export. */
  exportAddress: (filter: LedgerFilter, format: 'csv' | 'geojson' | 'json', kind: string | null, lang: string): string => {
    const query = new URLSearchParams({ format });
    if (kind !== null) query.set('kind', kind);
    if (format === 'csv') query.set('lang', lang);
    for (const [key, value] of Object.entries(filter)) if (value) query.set(key, value);
    return `/api/assets?${query}`;
  },
};

export const devices = {
  /** A new secret; the one before stops working and its connection ends. */
  issue: (deviceId: string) => ask(`devices/${id(deviceId)}/credential`, ledgerWire.newCredential, { method: 'POST' }),
  async revoke(deviceId: string): Promise<void> {
    await send(`devices/${id(deviceId)}/credential`, { method: 'DELETE' });
  },
};

export const newcomers = {
  list: (state: 'waiting' | 'dismissed', limit: number, after: string | null) => ask('newcomers', list(newcomerWire.newcomer), { query: { state, limit, after } }),
  counts: () => ask('newcomers/summary', newcomerWire.counts),
  /** @param facility guess what it would be there; null = guess the facility as well */
  one: (newcomerId: string, facility: string | null) => ask(`newcomers/${id(newcomerId)}`, newcomerWire.newcomer, { query: { facility } }),
  accept: (newcomerId: string, wanted: Record<string, unknown>) => ask(`newcomers/${id(newcomerId)}/accept`, newcomerWire.accepted, { method: 'POST', body: wanted }),
  async dismiss(newcomerId: string): Promise<void> {
    await send(`newcomers/${id(newcomerId)}/dismiss`, { method: 'POST' });
  },
  async undo(newcomerId: string): Promise<void> {
    await send(`newcomers/${id(newcomerId)}/undo`, { method: 'POST' });
  },
};

export interface RulesWanted {
  domain?: string;
  type?: string;
  facility?: string;
  metric?: string;
  changed?: boolean;
}
export const rules = {
  list: (filter: RulesWanted) => ask('rules', list(ruleWire.rule), { query: { ...filter, limit: 2000 } }),
  /** Of all scopes, the newest first. */
  versions: (rule: string) => ask(`rules/${id(rule)}/versions`, list(ruleWire.version)),
  create: (wish: Record<string, unknown>) => ask('rules', ruleWire.version, { method: 'POST', body: wish }),
  change: (rule: string, wish: Record<string, unknown>) => ask(`rules/${id(rule)}`, ruleWire.version, { method: 'PUT', body: wish }),
  /** @param version whose content is to hold again; 0 = what the wider place has */
  restore: (rule: string, scope: ruleWire.Scope, expectedVersion: number, version: number, note: string) =>
    ask(`rules/${id(rule)}/restore`, ruleWire.version, { method: 'POST', body: { scope, expectedVersion, version, note } }),
};

export const maintenance = {
  list: () => ask('maintenance', list(ruleWire.maintenance), { query: { limit: 500 } }),
  create: (scope: ruleWire.Scope, from: number | null, to: number | null, note: string) =>
    ask('maintenance', ruleWire.maintenance, { method: 'POST', body: { scope, from: from === null ? null : new Date(from).toISOString(), to: to === null ? null : new Date(to).toISOString(), note } }),
  /** Ends what goes on; takes back what has not begun. */
  end: (window: ruleWire.Maintenance) => ask(`maintenance/${id(window.window)}/end`, ruleWire.maintenance, { method: 'POST', body: { scope: window.scope, expectedVersion: window.version } }),
};
