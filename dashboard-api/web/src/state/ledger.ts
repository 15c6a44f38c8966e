/** The asset ledger's page: filter, pages, edit, changes field by field, and an import on its way from file to result. */
import type { Change, Device, Entry, Field, Finding, Imported } from '../wire/ledger';

export const FILTERS = ['district', 'street', 'domain', 'type', 'owner', 'q'] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filter = Partial<Record<FilterName, string>>;

/** What the page's address asks for. */
export function filterOf(query: Record<string, unknown>): Filter {
  const filter: Filter = {};
  for (const name of FILTERS) {
    const value = query[name];
    if (typeof value === 'string' && value.trim() !== '') filter[name] = value.trim();
  }
  return filter;
}

/** A narrower choice that no longer fits the wider one is dropped: a street of another district, a type of another domain. */
export function changesOf(changes: Filter): Filter {
  return { ...changes, ...(changes.district !== undefined ? { street: '' } : {}), ...(changes.domain !== undefined ? { type: '' } : {}) };
}

/** Where the pages begin that were turned so far: `after` of each. */
export type Pages = readonly (string | null)[];
export const FIRST_PAGE: Pages = [null];
export const turn = (pages: Pages, next: string | null): Pages => (next === null ? pages : [...pages, next]);
export const turnBack = (pages: Pages): Pages => (pages.length > 1 ? pages.slice(0, -1) : pages);

/** The plain fields of a facility as they stand in the inputs of a form. */
export interface Draft {
  nameZh: string;
  nameEn: string;
  district: string;
  street: string;
  grid: string;
  longitude: string;
  latitude: string;
  inService: boolean;
  owner: string;
  builtYear: string;
  households: string;
  address: string;
  /** By code; empty = the type's usual value. */
  parameters: Record<string, string>;
  /** By id. */
  devices: Record<string, DeviceDraft>;
}

export interface DeviceDraft {
  gateway: string;
  externalId: string;
  /** By metric. */
  points: Record<string, { source: string; unit: string }>;
}

const known = (value: number): string => (value === 0 ? '' : String(value));

export function draftOf(entry: Entry): Draft {
  return {
    nameZh: entry.name.zh,
    nameEn: entry.name.en,
    district: entry.district,
    street: entry.street,
    grid: entry.grid,
    longitude: String(entry.longitude),
    latitude: String(entry.latitude),
    inService: entry.inService,
    owner: entry.owner,
    builtYear: known(entry.builtYear),
    households: known(entry.households),
    address: entry.address,
    parameters: Object.fromEntries(Object.entries(entry.parameters).map(([code, value]) => [code, String(value)])),
    devices: Object.fromEntries(
      entry.devices.map((device) => [
        device.id,
        {
          gateway: device.gateway,
          externalId: device.externalId,
          points: Object.fromEntries(device.points.map((point) => [point.metric, { source: point.source, unit: point.unit }])),
        },
      ]),
    ),
  };
}

/** A number as it is typed; null when it is none. */
function parsed(text: string): number | null {
  const value = Number(text.trim());
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}

export interface Edited {
  /** Merge patch of what differs (RFC 7396): null takes away. */
  readonly patch: Record<string, unknown>;
  /** Fields in which no number stands where one must; then there is nothing to send. */
  readonly wrong: readonly string[];
}

export function editOf(entry: Entry, draft: Draft): Edited {
  const patch: Record<string, unknown> = {};
  const wrong: string[] = [];
  const texts = ['district', 'street', 'grid', 'owner', 'address'] as const;
  for (const field of texts) {
    const value = draft[field].trim();
    if (value !== entry[field]) patch[field] = value;
  }
  const name: Record<string, string> = {};
  if (draft.nameZh.trim() !== entry.name.zh) name['zh'] = draft.nameZh.trim();
  if (draft.nameEn.trim() !== entry.name.en) name['en'] = draft.nameEn.trim();
  if (Object.keys(name).length > 0) patch['name'] = name;
  if (draft.inService !== entry.inService) patch['inService'] = draft.inService;
  for (const field of ['longitude', 'latitude'] as const) {
    const value = parsed(draft[field]);
    if (value === null) wrong.push(field);
    else if (value !== entry[field]) patch[field] = value;
  }
  for (const field of ['builtYear', 'households'] as const) {
    const value = draft[field].trim() === '' ? 0 : parsed(draft[field]);
    if (value === null || !Number.isInteger(value)) wrong.push(field);
    else if (value !== entry[field]) patch[field] = value === 0 ? null : value;
  }
  const parameters: Record<string, number | null> = {};
  for (const [code, text] of Object.entries(draft.parameters)) {
    if (text.trim() === '') {
      if (code in entry.parameters) parameters[code] = null;
      continue;
    }
    const value = parsed(text);
    if (value === null) wrong.push(`parameters.${code}`);
    else if (value !== entry.parameters[code]) parameters[code] = value;
  }
  if (Object.keys(parameters).length > 0) patch['parameters'] = parameters;
  // A list is replaced as a whole: all devices go, or none.
  const devices = entry.devices.map((device) => deviceOf(device, draft.devices[device.id]));
  if (JSON.stringify(devices) !== JSON.stringify(entry.devices)) patch['devices'] = devices;
  return { patch, wrong };
}

function deviceOf(device: Device, draft: DeviceDraft | undefined): Device {
  if (draft === undefined) return device;
  return {
    ...device,
    gateway: draft.gateway.trim(),
    externalId: draft.externalId.trim(),
    points: device.points.map((point) => ({ ...point, source: draft.points[point.metric]?.source.trim() ?? point.source, unit: draft.points[point.metric]?.unit.trim() ?? point.unit })),
  };
}

/** Where in a form a finding of the server belongs; empty text = nowhere in particular. */
export function fieldOf(finding: Finding, draft: Draft): string {
  const head = finding.column.split('.')[0] ?? '';
  if (finding.column in draft) return finding.column;
  if (finding.column.startsWith('parameters.')) return finding.column;
  if (head === 'name') return 'nameZh';
  return head in draft ? head : '';
}

/** One difference within a field. `path`: what within it, outermost first, e.g. a pipe's id and its material. */
export interface Line {
  readonly field: string;
  readonly path: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
}

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list of things with an id (or a metric) as a tree by it; other lists stay as they are. */
function keyed(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0) return value;
  const pairs = value.map((item): [string, unknown] | null => {
    const key = isTree(item) ? (item['id'] ?? item['metric']) : null;
    return typeof key === 'string' ? [key, item] : null;
  });
  return pairs.every((pair) => pair !== null) ? Object.fromEntries(pairs) : value;
}
const isNothing = (value: unknown): boolean => value === null || value === undefined || (Array.isArray(value) && value.length === 0);

/** What differs within a changed field, down to the single value; things that are new or gone are one line each. */
export function linesOf({ field, before, after }: Field): Line[] {
  const lines: Line[] = [];
  const walk = (path: string[], was: unknown, is: unknown): void => {
    const [a, b] = [keyed(was), keyed(is)];
    if ((isTree(a) && isTree(b)) || (path.length === 0 && (isTree(a) || isTree(b)) && (isNothing(a) || isNothing(b)))) {
      const [left, right] = [isTree(a) ? a : {}, isTree(b) ? b : {}];
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) walk([...path, key], left[key], right[key]);
    } else if (JSON.stringify(was ?? null) !== JSON.stringify(is ?? null)) {
      lines.push({ field, path, before: was ?? null, after: is ?? null });
    }
  };
  walk([], before, after);
  return lines;
}

/** The change that undo takes back; null when none is left. */
export const lastStanding = (changes: readonly Change[]): Change | null => changes.find((change) => change.undoes === null && change.undoneBy === null) ?? null;

export const KINDS = ['facilities', 'devices', 'points', 'pipes', 'districts', 'streets'] as const;
export type Kind = (typeof KINDS)[number];
export const MOST_BYTES = 64 * 1024 * 1024;

/** What a file is by its name, as the server wants it named; null when it cannot be imported. */
export function typeOf(fileName: string): 'text/csv' | 'application/geo+json' | 'application/json' | null {
  const lower = fileName.toLowerCase();
  if (/\.(csv|tsv|txt)$/.test(lower)) return 'text/csv';
  if (lower.endsWith('.geojson')) return 'application/geo+json';
  return lower.endsWith('.json') ? 'application/json' : null;
}

/** Which table a CSV file holds, by its name; facilities when the name does not say. */
export const kindOf = (fileName: string): Kind => KINDS.find((kind) => fileName.toLowerCase().includes(kind)) ?? 'facilities';

export interface Chosen {
  readonly name: string;
  readonly size: number;
}

/**
 * An import: nothing chosen, being looked through, looked through, being applied, applied, or failed. `run` tells an answer
 * that comes late from the one that is waited for.
 */
export type Importing = { readonly run: number; readonly file: Chosen | null; readonly kind: Kind } & (
  | { readonly phase: 'empty' | 'checking' }
  | { readonly phase: 'checked' | 'applying' | 'applied'; readonly outcome: Imported }
  | { readonly phase: 'failed'; readonly message: string; readonly findings: readonly Finding[] }
);
export type ImportEvent =
  | { type: 'chosen'; file: Chosen }
  | { type: 'kind'; kind: Kind }
  | { type: 'apply' }
  | { type: 'answered'; run: number; outcome: Imported }
  | { type: 'failed'; run: number; message: string; findings: readonly Finding[] }
  | { type: 'cleared' };

export const NO_IMPORT: Importing = { phase: 'empty', run: 0, file: null, kind: 'facilities' };

export function importing(state: Importing, event: ImportEvent): Importing {
  const run = state.run + 1;
  switch (event.type) {
    case 'chosen':
      return { phase: 'checking', run, file: event.file, kind: kindOf(event.file.name) };
    case 'kind':
      return state.file === null || state.phase === 'applying' ? state : { phase: 'checking', run, file: state.file, kind: event.kind };
    case 'apply':
      return state.phase === 'checked' ? { ...state, phase: 'applying', run } : state;
    case 'answered':
      return event.run === state.run ? { phase: event.outcome.dryRun ? 'checked' : 'applied', run: state.run, file: state.file, kind: state.kind, outcome: event.outcome } : state;
    case 'failed':
      return event.run === state.run ? { phase: 'failed', run: state.run, file: state.file, kind: state.kind, message: event.message, findings: event.findings } : state;
    case 'cleared':
      return { ...NO_IMPORT, run };
  }
}

/** In the order in which a person goes through the file; what one row has wrong stays together. */
export const byRow = (findings: readonly Finding[]): Finding[] => [...findings].sort((a, b) => a.row - b.row);

/** Whether nothing in a file was of a ledger, which is most likely another file than was meant. */
export const holdsNothing = ({ created, updated, unchanged, districts, streets, errors }: Imported): boolean =>
  created + updated + unchanged + districts + streets + errors.length === 0;

/** How many entries an import would write; strictly, nothing as long as anything is wrong. */
export function writes(outcome: Imported, strict: boolean): number {
  if (strict && outcome.errors.length > 0) return 0;
  return outcome.created + outcome.updated + outcome.districts + outcome.streets;
}
