import { describe, expect, it } from 'vitest';
import { newcomer as check, type Newcomer } from '../wire/newcomers';
import { draftOf, isSure, mayIssue, mayRename, needsSecret, NEW_SECRET, obstacleTo, requestOf, withType } from './newcomers';

const name = { zh: '水质探头', en: 'Probe' };
const showing = (id: string, changes: object = {}) => ({ id, secret: true, shortSecret: false, certificate: '', address: '10.0.0.7', first: '2026-11-21T04:00:00Z', last: '2026-11-21T04:00:05Z', attempts: 2, ...changes });
const newcomer = (changes: object = {}, guess: object = {}): Newcomer =>
  check(
    {
      id: 'rural-probe',
      name: 'rural-probe',
      state: 'waiting',
      door: 'mqtt',
      addresses: ['10.0.0.7'],
      first: '2026-11-21T04:00:00Z',
      last: '2026-11-21T04:00:05Z',
      attempts: 2,
      acceptable: true,
      showings: [showing('s1')],
      warnings: [],
      known: null,
      guess: {
        facility: 'rural',
        type: 'probe',
        device: 'rural-probe',
        externalId: '',
        name,
        points: [{ metric: 'rs_do', source: 'DO', unit: '' }],
        choices: [
          { id: 'probe', name, metrics: ['rs_do', 'rs_conductivity'] },
          { id: 'lab', name: { zh: '抽检', en: 'Lab' }, metrics: ['rs_cod_out'] },
        ],
        unknownNames: [],
        because: ['ID'],
        ...guess,
      },
      ...changes,
    },
    'newcomer',
  );
const several = { showings: [showing('s2'), showing('s1')], warnings: [{ code: 'SEVERAL_SECRETS', sentence: name }] };
const known = { device: 'd', name, facility: 'f', facilityName: name, credential: true };

describe('a newcomer’s decision', () => {
  it('is one click when the guess is right', () => {
    const sure = newcomer();
    expect(isSure(sure)).toBe(true);
    expect(requestOf(sure, draftOf(sure))).toEqual({
      facility: 'rural',
      device: 'rural-probe',
      name,
      points: [{ metric: 'rs_do', source: 'DO', unit: '' }],
      gateway: '',
      externalId: '',
      showing: 's1',
    });
  });

  it('chooses a secret for nobody where several were shown', () => {
    const doubtful = newcomer(several);
    const draft = draftOf(doubtful);
    expect(draft.secret).toBe('');
    expect(obstacleTo(doubtful, draft)).toBe('secret');
    expect(isSure(doubtful)).toBe(false);
    expect(obstacleTo(doubtful, { ...draft, secret: 's2' })).toBeNull();
    expect(requestOf(doubtful, { ...draft, secret: 's2' })).toMatchObject({ showing: 's2' });
    // Also when only one of them is left in the record.
    expect(draftOf(newcomer({ ...several, showings: [showing('s2')] })).secret).toBe('');
  });

  it('makes a new secret where none was shown, and needs none behind another broker', () => {
    const silent = newcomer({ showings: [showing('s0', { secret: false })] });
    expect(draftOf(silent).secret).toBe(NEW_SECRET);
    expect(requestOf(silent, draftOf(silent))).toMatchObject({ newSecret: true });
    expect(requestOf(silent, draftOf(silent))).not.toHaveProperty('showing');
    const bridged = newcomer({ door: 'bridge', showings: [showing('s0', { secret: false })] });
    expect(needsSecret(bridged)).toBe(false);
    expect(obstacleTo(bridged, draftOf(bridged))).toBeNull();
    expect(requestOf(bridged, draftOf(bridged))).not.toHaveProperty('newSecret');
    const certified = newcomer({ showings: [showing('s0', { secret: false, certificate: 'CN=rural-probe' })] });
    expect(needsSecret(certified)).toBe(false);
  });

  it('sends who has a logger to the logger for its password', () => {
    const silent = newcomer({ door: 'hj212', showings: [showing('s0', { secret: false })] });
    expect(mayIssue(silent)).toBe(false);
    expect(obstacleTo(silent, draftOf(silent))).toBe('secret');
    const shown = newcomer({ door: 'hj212', id: '81733553213013' });
    expect(requestOf(shown, draftOf(shown))).toMatchObject({ showing: 's1' });
  });

  it('says what is still missing', () => {
    const one = newcomer();
    const draft = draftOf(one);
    expect(obstacleTo(one, { ...draft, facility: ' ' })).toBe('facility');
    expect(obstacleTo(one, { ...draft, device: 'no id' })).toBe('device');
    expect(obstacleTo(one, { ...draft, nameEn: '' })).toBe('name');
    expect(obstacleTo(newcomer({ acceptable: false }), draft)).toBe('notAcceptable');
  });

  it('gives a device of the ledger another secret and nothing else', () => {
    const swapped = newcomer({ known });
    expect(requestOf(swapped, draftOf(swapped))).toEqual({ replaceCredential: true, showing: 's1' });
    expect(isSure(swapped)).toBe(false);
    // What it is called or where it is does not matter: the ledger knows.
    expect(obstacleTo(newcomer({ known, acceptable: false }), { ...draftOf(swapped), facility: '' })).toBeNull();
  });

  it('takes the usual points of a chosen kind and keeps the names that were found', () => {
    const one = newcomer();
    const probe = withType({ ...draftOf(one), points: [] }, one, 'probe');
    expect(probe.points).toEqual([
      { metric: 'rs_do', source: 'DO', unit: '' },
      { metric: 'rs_conductivity', source: '', unit: '' },
    ]);
    expect(withType(draftOf(one), one, 'lab')).toMatchObject({ type: 'lab', nameEn: 'Lab', points: [{ metric: 'rs_cod_out' }] });
    expect(withType(draftOf(one), one, '').points).toEqual(draftOf(one).points);
    // The guess itself stays as it came.
    draftOf(one).points[0]!.source = 'changed';
    expect(one.guess.points[0]!.source).toBe('DO');
  });

  it('keeps a device’s name at the MQTT door', () => {
    expect(mayRename(newcomer())).toBe(false);
    expect(mayRename(newcomer({ door: 'hj212' }))).toBe(true);
  });

  it('understands what the server says, and nothing else', () => {
    expect(() => newcomer({ state: 'blocked' })).toThrow('newcomer.state');
    expect(newcomer({}, { choices: null }).guess.choices).toEqual([]);
  });
});
