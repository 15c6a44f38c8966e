import { describe, expect, it } from 'vitest';
import type { Metric } from '../wire/rest';
import { limitText } from './rules';

const metric: Metric = { code: 'm', name: { zh: '浓度', en: 'm' }, unit: '%{LEL}', range: null, normal: null, period: 10, kind: 'analog', states: {}, decimals: 1, procedure: null };
const stated = { value: 'q_design * 0.9', states: [], grade: 1, onDelaySeconds: 0, offDelaySeconds: 0, deadband: null, statistic: 'raw', source: '' };

describe('a limit', () => {
  it('is a comparison with its unit', () => {
    expect(limitText('hh', stated, 50, metric, 'en')).toBe('≥ 50.0 %LEL');
    expect(limitText('ll', stated, 0.125, metric, 'en')).toBe('< 0.125 %LEL');
  });

  it('that is no number yet stands for itself', () => {
    expect(limitText('h', stated, null, metric, 'en')).toBe('≥ q_design * 0.9 %LEL');
  });

  it('of states names them', () => {
    const states = { ...metric, states: { '2': { zh: '故障', en: 'fault' } } };
    expect(limitText('state', { ...stated, value: '', states: [2, 3] }, null, states, 'zh')).toBe('故障 / 3.0');
  });
});
