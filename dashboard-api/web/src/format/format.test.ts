import { describe, expect, it } from 'vitest';
import { testingAlarm } from '../testing/alarms';
import { comparison, rateText, scoreText } from './alarms';
import { numberText, percentText, valueText } from './numbers';
import { dayText, durationText, fieldMillis, fieldText, fullText, shortText, useZone } from './times';
import { unitText } from './units';

describe('numbers', () => {
  it('have their digits, groups and a dash for nothing', () => {
    expect(numberText(1234.5, 2, 'en')).toBe('1,234.50');
    expect(numberText(1234.5, 2, 'zh')).toBe('1,234.50');
    expect(numberText(null, 2, 'en')).toBe('—');
    expect(numberText(Number.NaN, 2, 'en')).toBe('—');
  });

  it('never read minus zero', () => {
    expect(numberText(-0.001, 2, 'en')).toBe('0.00');
  });

  it('of an enum read as their names', () => {
    const valve = { decimals: 0, states: { '1': { zh: '已切断', en: 'tripped' } } };
    expect(valueText(1, valve, 'zh')).toBe('已切断');
    expect(valueText(2, valve, 'zh')).toBe('2');
  });

  it('that are not quite 100 per cent do not read 100', () => {
    expect(percentText(99.97, 'en')).toBe('99.9');
    expect(percentText(99.999, 'en', 2)).toBe('99.99');
    expect(percentText(100, 'en')).toBe('100');
    expect(percentText(0, 'en')).toBe('0.0');
    expect(percentText(null, 'en')).toBe('—');
  });
});

describe('units', () => {
  it.each([
    ['%{LEL}', '%LEL'],
    ['dB{mW}', 'dBm'],
    ['%{vol}', '%vol'],
    ['{NTU}', 'NTU'],
    ['[pH]', ''],
    ['1', ''],
    ['Cel', '°C'],
    ['m3/h', 'm³/h'],
    ['mg/m3', 'mg/m³'],
    ['uS/cm', 'µS/cm'],
    ['kPa', 'kPa'],
  ])('%s reads %s', (ucum, expected) => {
    expect(unitText(ucum)).toBe(expected);
  });
});

describe('times', () => {
  const noon = Date.UTC(2026, 10, 21, 4, 0, 0);

  it('are the city’s, whatever the machine believes', () => {
    useZone('Asia/Shanghai');
    expect(fullText(noon)).toBe('2026-11-21 12:00:00');
    expect(dayText(Date.UTC(2026, 10, 21, 16))).toBe('2026-11-22');
  });

  it('carry the date only when it is not today', () => {
    useZone('Asia/Shanghai');
    expect(shortText(noon, noon + 3_600_000)).toBe('12:00:00');
    expect(shortText(noon, noon + 86_400_000)).toBe('11-21 12:00');
  });

  it('survive a field and back, in every zone', () => {
    for (const zone of ['Asia/Shanghai', 'UTC', 'America/New_York', 'Europe/Berlin']) {
      useZone(zone);
      for (const millis of [noon, Date.UTC(2026, 6, 1, 3, 30), Date.UTC(2026, 2, 29, 1, 30)]) expect(fieldMillis(fieldText(millis))).toBe(millis);
    }
    expect(fieldMillis('')).toBeNull();
    useZone('Asia/Shanghai');
  });

  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [61_000, '1 min 1 s'],
    [600_000, '10 min'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 min'],
    [90_000_000, '1 d 1 h'],
  ])('of %i ms length read %s', (millis, expected) => {
    expect(durationText(millis, 'en')).toBe(expected);
  });
});

describe('an alarm’s comparison', () => {
  const shape = { decimals: 1, states: {} };
  it('sets the worst value against the limit, on the right side', () => {
    expect(comparison(testingAlarm(), shape, 'en')).toBe('63.2 ≥ 20.0 %LEL');
    expect(comparison(testingAlarm({ side: 'll', peak: 1.5, limit: 2, unit: 'kPa' }), shape, 'en')).toBe('1.5 < 2.0 kPa');
  });

  it('names the state of an enum, and shows the value alone where there is no limit', () => {
    const valve = { decimals: 0, states: { '1': { zh: '已切断', en: 'tripped' } } };
    expect(comparison(testingAlarm({ side: 'state', peak: 1, limit: null }), valve, 'zh')).toBe('已切断');
    expect(comparison(testingAlarm({ kind: 'instrument', side: 'range', limit: null, unit: 'MPa', peak: 9 }), shape, 'en')).toBe('9.0 MPa');
    expect(comparison(testingAlarm({ kind: 'instrument', side: 'silent', limit: null }), shape, 'en')).toBe('no report');
  });

  const learned = { expected: 20, low: 18, high: 22.04, shape: 'shift', score: 0.9996, falseAlarmsPerMonth: 0.1, tolerance: 1, widenedBy: [], contributions: [] };
  it('sets what was learned against the expected band, and a device’s points against nothing', () => {
    expect(comparison(testingAlarm({ side: 'baseline', learned }), shape, 'zh')).toBe('63.2 %LEL（预期 18.0–22.0）');
    expect(comparison(testingAlarm({ side: 'joint', metric: '', learned: { ...learned, shape: 'joint' } }), null, 'en')).toBe('score 0.999');
    expect([scoreText(1), scoreText(0.5), rateText(0.1), rateText(2)]).toEqual(['1', '0.500', '0.1', '2']);
  });

  it('counts the signs of an incident', () => {
    const member = { facility: 'f', facilityName: null, device: 'd', metric: 'm', metricName: null, unit: '', symptom: 's', symptomName: null, onset: 1, cleared: null, peak: null };
    const incident = testingAlarm({ kind: 'incident', side: 'pattern', members: [member, member] });
    expect(comparison(incident, null, 'en')).toBe('2 signs');
    expect(comparison(incident, null, 'zh')).toBe('2 处异常');
  });
});
