import { describe, expect, it } from 'vitest';
import type { Entry, Finding, Imported } from '../wire/ledger';
import { byRow, changesOf, draftOf, editOf, fieldOf, filterOf, FIRST_PAGE, holdsNothing, importing, kindOf, lastStanding, linesOf, NO_IMPORT, turn, turnBack, typeOf, writes } from './ledger';

const entry: Entry = {
  id: 'gas-rs-001',
  domain: 'gas',
  type: 'regulator_station',
  district: 'xiling',
  street: 'xiling-01',
  grid: 'G1',
  name: { zh: '石桥村调压站', en: 'Shiqiao Village regulator station' },
  longitude: 116.12969,
  latitude: 36.89697,
  inService: true,
  owner: '',
  builtYear: 0,
  households: 1200,
  address: '石桥村',
  parameters: { q_design: 850 },
  upstream: [],
  pipes: [],
  devices: [],
};
const finding = (changes: Partial<Finding>): Finding => ({ row: 2, id: 'x', column: 'builtYear', value: '', code: 'REQUIRED', sentence: { zh: '缺', en: 'missing' }, ...changes });
const outcome = (changes: Partial<Imported> = {}): Imported => ({
  dryRun: true,
  created: 1,
  updated: 2,
  unchanged: 3,
  districts: 0,
  streets: 1,
  missing: 0,
  errors: [],
  warnings: [],
  changes: [],
  changesLeftOut: 0,
  ...changes,
});

describe('devices in an edit', () => {
  const device = { id: 'd', name: { zh: '探头', en: 'probe' }, gateway: '', externalId: '', points: [{ metric: 'rs_do', periodSeconds: 60, source: '', unit: '' }] };
  const withDevice: Entry = { ...entry, devices: [device] };

  it('are left out while nothing of them differs', () => {
    expect(editOf(withDevice, draftOf(withDevice)).patch).toEqual({});
  });

  it('go as a whole, with what was there and what is new', () => {
    const draft = draftOf(withDevice);
    draft.devices['d'] = { gateway: ' gw-1 ', externalId: 'MN-1', points: { rs_do: { source: 'w01009', unit: 'ug/L' } } };
    expect(editOf(withDevice, draft).patch).toEqual({ devices: [{ ...device, gateway: 'gw-1', externalId: 'MN-1', points: [{ metric: 'rs_do', periodSeconds: 60, source: 'w01009', unit: 'ug/L' }] }] });
  });

  it('have findings that belong to no single field of the form', () => {
    expect(fieldOf(finding({ column: 'devices.gateway' }), draftOf(withDevice))).toBe('devices');
  });
});

describe('the ledger’s filter', () => {
  it('takes from the address what it knows and what is not blank', () => {
    expect(filterOf({ q: ' 站 ', domain: 'gas', owner: '  ', tab: 'checks', type: ['a', 'b'] })).toEqual({ q: '站', domain: 'gas' });
  });

  it('drops a narrower choice with the wider one', () => {
    expect(changesOf({ district: 'd' })).toEqual({ district: 'd', street: '' });
    expect(changesOf({ domain: '' })).toEqual({ domain: '', type: '' });
    expect(changesOf({ q: 'x' })).toEqual({ q: 'x' });
  });

  it('turns pages forward to where the next begins, and back', () => {
    const second = turn(FIRST_PAGE, 'gas-rs-100');
    expect(second).toEqual([null, 'gas-rs-100']);
    expect(turn(second, null)).toBe(second);
    expect(turnBack(second)).toEqual(FIRST_PAGE);
    expect(turnBack(FIRST_PAGE)).toBe(FIRST_PAGE);
  });
});

describe('an edit of a facility', () => {
  it('sends nothing when nothing differs', () => {
    expect(editOf(entry, draftOf(entry))).toEqual({ patch: {}, wrong: [] });
  });

  it('sends only what differs; what is emptied is taken away', () => {
    const draft = { ...draftOf(entry), nameEn: 'Shiqiao station', owner: ' City Gas ', builtYear: '2004', households: '', inService: false, longitude: '116.13', parameters: { q_design: '', p_set: '0.36' } };
    expect(editOf(entry, draft)).toEqual({
      patch: { name: { en: 'Shiqiao station' }, owner: 'City Gas', builtYear: 2004, households: null, inService: false, longitude: 116.13, parameters: { q_design: null, p_set: 0.36 } },
      wrong: [],
    });
  });

  it('says in which fields no number stands', () => {
    const draft = { ...draftOf(entry), builtYear: '二零零四', households: '1.5', latitude: '', parameters: { q_design: 'many' } };
    expect(editOf(entry, draft).wrong).toEqual(['latitude', 'builtYear', 'households', 'parameters.q_design']);
  });

  it('finds the input that a finding is about', () => {
    const draft = draftOf(entry);
    expect(fieldOf(finding({ column: 'builtYear' }), draft)).toBe('builtYear');
    expect(fieldOf(finding({ column: 'name' }), draft)).toBe('nameZh');
    expect(fieldOf(finding({ column: 'upstream' }), draft)).toBe('');
  });
});

describe('a changed field', () => {
  it('of one value is one line', () => {
    expect(linesOf({ field: 'owner', before: '', after: 'A' })).toEqual([{ field: 'owner', path: [], before: '', after: 'A' }]);
  });

  it('with parts shows only those that differ', () => {
    expect(linesOf({ field: 'name', before: { zh: '一', en: 'One' }, after: { zh: '一', en: 'First' } })).toEqual([{ field: 'name', path: ['en'], before: 'One', after: 'First' }]);
    expect(linesOf({ field: 'parameters', before: null, after: { q_design: 850 } })).toEqual([{ field: 'parameters', path: ['q_design'], before: null, after: 850 }]);
  });

  it('with a list of things goes by their ids, however they are ordered', () => {
    const old = { id: 'p1', material: 'steel', diameterMm: 200 };
    const other = { id: 'p2', material: 'PE', diameterMm: 110 };
    const lines = linesOf({ field: 'pipes', before: [old, other], after: [other, { ...old, material: 'PE' }, { id: 'p3', material: 'PE' }] });
    expect(lines).toEqual([
      { field: 'pipes', path: ['p1', 'material'], before: 'steel', after: 'PE' },
      { field: 'pipes', path: ['p3'], before: null, after: { id: 'p3', material: 'PE' } },
    ]);
  });

  it('with a list of words is one line', () => {
    expect(linesOf({ field: 'upstream', before: ['a'], after: ['a', 'b'] })).toEqual([{ field: 'upstream', path: [], before: ['a'], after: ['a', 'b'] }]);
  });
});

describe('undo', () => {
  const change = (id: string, undoes: string | null, undoneBy: string | null) => ({ id, time: 0, actor: 'admin', action: 'updated' as const, fields: [], undoes, undoneBy });
  it('takes back the newest change that still stands', () => {
    expect(lastStanding([change('4', '3', null), change('3', null, '4'), change('2', null, null), change('1', null, null)])?.id).toBe('2');
    expect(lastStanding([change('2', '1', null), change('1', null, '2')])).toBeNull();
  });
});

describe('a file to import', () => {
  it('is known by its name', () => {
    expect(typeOf('设施.CSV')).toBe('text/csv');
    expect(typeOf('city.geojson')).toBe('application/geo+json');
    expect(typeOf('city.json')).toBe('application/json');
    expect(typeOf('city.xlsx')).toBeNull();
    expect(kindOf('2026 pipes (1).csv')).toBe('pipes');
    expect(kindOf('export.csv')).toBe('facilities');
  });

  it('is looked through before it is written', () => {
    const chosen = importing(NO_IMPORT, { type: 'chosen', file: { name: 'pipes.csv', size: 9 } });
    expect(chosen).toMatchObject({ phase: 'checking', kind: 'pipes' });
    expect(importing(chosen, { type: 'apply' })).toBe(chosen);
    const checked = importing(chosen, { type: 'answered', run: chosen.run, outcome: outcome() });
    const applying = importing(checked, { type: 'apply' });
    expect(applying.phase).toBe('applying');
    expect(importing(applying, { type: 'answered', run: applying.run, outcome: outcome({ dryRun: false }) }).phase).toBe('applied');
  });

  it('is not mixed up with the one before: a late answer is dropped', () => {
    const first = importing(NO_IMPORT, { type: 'chosen', file: { name: 'a.csv', size: 1 } });
    const second = importing(first, { type: 'kind', kind: 'streets' });
    expect(importing(second, { type: 'answered', run: first.run, outcome: outcome() })).toBe(second);
    expect(importing(second, { type: 'failed', run: first.run, message: '', findings: [] })).toBe(second);
    expect(importing(importing(second, { type: 'cleared' }), { type: 'answered', run: second.run, outcome: outcome() }).phase).toBe('empty');
  });

  it('keeps its kind while it is being written', () => {
    const chosen = importing(NO_IMPORT, { type: 'chosen', file: { name: 'a.csv', size: 1 } });
    const applying = importing(importing(chosen, { type: 'answered', run: chosen.run, outcome: outcome() }), { type: 'apply' });
    expect(importing(applying, { type: 'kind', kind: 'pipes' })).toBe(applying);
  });

  it('writes nothing strictly while anything is wrong', () => {
    const wrong = outcome({ errors: [finding({})] });
    expect(writes(wrong, true)).toBe(0);
    expect(writes(wrong, false)).toBe(4);
    expect(writes(outcome(), true)).toBe(4);
  });

  it('is of a ledger as soon as anything in it was understood, or refused', () => {
    const none = outcome({ created: 0, updated: 0, unchanged: 0, streets: 0 });
    expect(holdsNothing(none)).toBe(true);
    expect(holdsNothing({ ...none, unchanged: 1 })).toBe(false);
    expect(holdsNothing({ ...none, errors: [finding({})] })).toBe(false);
  });

  it('has its errors in the order of its rows', () => {
    const all = [finding({ row: 3, column: 'a' }), finding({ row: 2 }), finding({ row: 3, column: 'b' }), finding({ row: 0 })];
    expect(byRow(all).map((each) => `${each.row}${each.column}`)).toEqual(['0builtYear', '2builtYear', '3a', '3b']);
  });
});
