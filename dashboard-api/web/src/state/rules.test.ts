import { describe, expect, it } from 'vitest';
import type { Finding } from '../wire/ledger';
import { rule, version, type Rule, type Scope } from '../wire/rules';
import { differing, draftOf, failuresOf, filterOf, isComplete, isNewest, levelOf, matching, misread, NEW_RULE, newestIn, requestOf, scopeDraftOf, scopeOf, scopeText } from './rules';

const domain: Scope = { domain: 'gas', type: null, facility: null, device: null };
const stated = { value: '50', states: [], grade: 1, onDelaySeconds: 5, offDelaySeconds: 0, deadband: null, statistic: 'raw', source: 'GB/T 50493' };
const row = (changes: Partial<Rule> = {}): Rule => ({
  ...rule({ id: 'leak.hh#gas///', rule: 'leak.hh', kind: 'limit', scope: domain, domain: 'gas', metric: 'leak', side: 'hh', stated, pack: stated, effective: 50 }, 'row'),
  ...changes,
});
const said = (number: number, scope: Scope = domain) =>
  version({ id: `leak.hh#${number}`, rule: 'leak.hh', scope, version: number, kind: 'limit', changedAt: '2026-01-01T00:00:00Z', validFrom: '2026-01-01T00:00:01Z', stated }, 'version');

describe('a scope', () => {
  it('keeps what a level does not use and sends only what it uses', () => {
    const draft = { level: 'device' as const, domain: 'gas', type: 'gate_station', facility: ' F1 ', device: 'D1' };
    expect(scopeOf(draft)).toEqual({ domain: 'gas', type: null, facility: 'F1', device: 'D1' });
    expect(scopeOf({ ...draft, level: 'type' })).toEqual({ domain: 'gas', type: 'gate_station', facility: null, device: null });
    expect(scopeOf({ ...draft, level: 'domain' })).toEqual(domain);
    expect(scopeText(scopeOf({ ...draft, level: 'facility' }))).toBe('gas//F1/');
  });

  it('comes back from what the server says', () => {
    for (const scope of [domain, { ...domain, type: 'gate_station' }, { ...domain, facility: 'F1' }, { ...domain, facility: 'F1', device: 'D1' }]) {
      expect(scopeOf(scopeDraftOf(scope))).toEqual(scope);
    }
    expect(levelOf({ ...domain, facility: 'F1' })).toBe('facility');
  });

  it('is complete when its level is filled in', () => {
    const draft = scopeDraftOf(domain);
    expect(isComplete(draft)).toBe(true);
    expect(isComplete({ ...draft, level: 'facility' })).toBe(false);
    expect(isComplete({ ...draft, level: 'facility', facility: 'F1' })).toBe(true);
    expect(isComplete({ ...draft, level: 'device', facility: 'F1' })).toBe(false);
  });
});

describe('a draft', () => {
  it('begins with what holds and is sent as numbers', () => {
    const draft = { ...draftOf(row()), value: ' 40 ', deadband: '2', note: ' near the duct ' };
    expect(requestOf(draft, domain, 3)).toEqual({
      scope: domain,
      expectedVersion: 3,
      note: 'near the duct',
      limit: { metric: 'leak', side: 'hh', value: '40', states: [], grade: 1, onDelaySeconds: 5, offDelaySeconds: 0, deadband: 2, statistic: 'raw', source: 'GB/T 50493', disabled: false },
    });
  });

  it('of a rule that was switched off without a limit takes the pack’s', () => {
    const off = row({ disabled: true, stated: { ...stated, value: '' } });
    expect(draftOf(off)).toMatchObject({ value: '50', disabled: true });
  });

  it('of what is learned has a grade and a switch only', () => {
    const draft = draftOf(row({ kind: 'learned', stated: null, pack: null, side: null, grade: 2, disabled: true }));
    expect(requestOf(draft, domain, 1)).toEqual({ scope: domain, expectedVersion: 1, note: '', learned: { disabled: true, grade: 2 } });
  });

  it('of an incident and of what is learned of points together say on, off and a grade', () => {
    const pattern = row({ rule: 'pattern.leak', kind: 'pattern', metric: '', name: { zh: '泄漏', en: 'Leak' }, stated: null, pack: null, side: null, grade: 2 });
    expect(draftOf(pattern)).toMatchObject({ kind: 'pattern', grade: 2, disabled: false });
    expect(misread(draftOf(pattern))).toEqual([]);
    expect(requestOf({ ...draftOf(pattern), disabled: true }, domain, 0)).toMatchObject({ learned: { disabled: true, grade: 2 } });
    expect(draftOf(row({ rule: 'joint', kind: 'learned', metric: '', stated: null, pack: null, side: null })).kind).toBe('joint');
  });

  it('tells where it differs from the pack', () => {
    const draft = draftOf(row());
    expect([...differing(draft, stated)]).toEqual([]);
    expect([...differing({ ...draft, value: '40', grade: 2, disabled: true }, stated)]).toEqual(['value', 'grade', 'disabled']);
    expect([...differing({ ...draft, states: [1] }, stated)]).toEqual(['states']);
    expect([...differing({ ...NEW_RULE, value: '1' }, null)]).toEqual([]);
  });

  it('says which numbers are none', () => {
    const draft = draftOf(row());
    expect(misread(draft)).toEqual([]);
    expect(misread({ ...draft, onDelaySeconds: '', offDelaySeconds: '-1', deadband: 'two' })).toEqual(['onDelaySeconds', 'offDelaySeconds', 'deadband']);
    expect(misread({ ...draft, onDelaySeconds: '', disabled: true })).toEqual([]);
  });
});

describe('refusals', () => {
  it('stand at the field that they are about, the first one of each', () => {
    const finding = (column: string, zh: string): Finding => ({ row: 0, id: '', column, value: '', code: 'RULE_REFUSED', sentence: { zh, en: `en ${zh}` } });
    expect(failuresOf([finding('limit.value', '甲'), finding('limit.value', '乙'), finding('valid_from_millis', '丙')], 'zh')).toEqual({ value: '甲', '': '丙' });
    expect(failuresOf([finding('scope.device', '甲')], 'en')).toEqual({ scope: 'en 甲' });
  });
});

describe('versions', () => {
  it('are counted within their scope', () => {
    const facility = { ...domain, facility: 'F1' };
    const versions = [said(2), said(1), said(1, facility)];
    expect(newestIn(versions, domain)).toBe(2);
    expect(newestIn(versions, facility)).toBe(1);
    expect(newestIn(versions, { ...domain, type: 'x' })).toBe(0);
    expect(versions.map((one) => isNewest(versions, one))).toEqual([true, false, true]);
  });
});

describe('the list', () => {
  it('is filtered by what the address says', () => {
    expect(filterOf({ domain: 'gas', type: 'gate_station', changed: '1', other: 'x' })).toEqual({ domain: 'gas', type: 'gate_station', changed: true });
    expect(filterOf({ type: 'gate_station', facility: 'F1', metric: '' })).toEqual({ facility: 'F1' });
  });

  it('is searched by rule, name and place', () => {
    const rules = [row(), row({ id: 'b', rule: 'flow.h', metric: 'flow', scope: { ...domain, facility: 'F7' } })];
    const names = (rule: Rule): string => (rule.metric === 'leak' ? '燃气浓度' : '流量');
    expect(matching(rules, '', names)).toHaveLength(2);
    expect(matching(rules, ' 浓度', names).map((one) => one.rule)).toEqual(['leak.hh']);
    expect(matching(rules, 'f7', names).map((one) => one.rule)).toEqual(['flow.h']);
  });
});
