import { describe, expect, it } from 'vitest';
import { card, change, imported, lack, page } from './ledger';

const name = { zh: '站', en: 'station' };
const facility = { id: 'f', domain: 'gas', type: 't', district: 'd', name, longitude: 1, latitude: 2 };

describe('the ledger’s answers', () => {
  it('are pages whose last one has no next', () => {
    expect(page({ city: {}, districts: [], facilities: [facility], total: 1, next: null }, 'assets')).toMatchObject({ total: 1, next: null, facilities: [{ id: 'f', owner: '', builtYear: 0, pipes: [] }] });
  });

  it('carry the version that a change has to name', () => {
    expect(() => card(facility, 'card')).toThrow('card.version');
    expect(card({ ...facility, version: 'v1', downstream: ['g'] }, 'card')).toMatchObject({ version: 'v1', downstream: ['g'], warnings: [] });
  });

  it('tell changes with values of any shape', () => {
    const read = change({ id: 7, time: '2026-11-21T04:00:00Z', actor: 'admin', action: 'updated', fields: [{ field: 'name', before: name, after: null }], undoes: null, undoneBy: 8 }, 'change');
    expect(read).toMatchObject({ id: '7', time: Date.UTC(2026, 10, 21, 4), undoes: null, undoneBy: '8' });
    expect(read.fields[0]).toEqual({ field: 'name', before: name, after: null });
    expect(() => change({ id: 1, time: 0, actor: 'a', action: 'renamed', fields: [] }, 'change')).toThrow('change.action');
  });

  it('say of an import what is wrong with which row', () => {
    const error = { row: 3, id: 'f', column: '建成年份', value: 'x', code: 'NOT_A_NUMBER', sentence: name, reason: 'left out' };
    const read = imported({ dryRun: true, created: 0, updated: 1, unchanged: 0, missing: 2, missingIds: [], errors: [error], warnings: [], changes: [{ kind: 'facility', id: 'f', action: 'updated', fields: [] }], changesLeftOut: 0 }, 'import');
    expect(read.errors[0]).toEqual({ row: 3, id: 'f', column: '建成年份', value: 'x', code: 'NOT_A_NUMBER', sentence: name });
    expect(() => imported({ dryRun: true, created: 0, updated: 0, unchanged: 0, errors: [{ row: 1 }] }, 'import')).toThrow('import.errors[0].code');
  });

  it('name what is lacking by facility and field', () => {
    expect(lack({ id: 'f|ORPHAN|upstream|', facility: 'f', domain: 'gas', type: 't', district: 'd', name, code: 'ORPHAN', field: 'upstream', other: '', sentence: name }, 'lack')).toMatchObject({ code: 'ORPHAN' });
  });
});
