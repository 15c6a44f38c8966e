import { describe, expect, it } from 'vitest';
import { catalogue as check } from '../wire/rest';
import { domainsPresent, packsOf, procedureIn } from './catalogue';

const name = { zh: '名', en: 'name' };
const metric = { code: 'dev_battery', name, unit: '%', range: [0, 100], normal: [40, 100], kind: 'analog' };
const catalogue = check(
  {
    city: { name },
    districts: [],
    domains: [
      { id: 'gas', name, procedures: [{ id: 'leak', name: { zh: '漏', en: 'gas leak' }, steps: [name] }] },
      { id: 'recorded', name },
    ],
    common: { id: 'device', name, metrics: [metric], procedures: [{ id: 'leak', name, steps: [] }, { id: 'battery', name, steps: [name] }] },
  },
  'catalogue',
);

describe('the domains of a city', () => {
  const ids = (facilities: { domain: string }[] | null): string[] => domainsPresent(catalogue.domains, facilities).map((domain) => domain.id);
  it('are those that have facilities', () => {
    expect(ids([{ domain: 'gas' }, { domain: 'gas' }])).toEqual(['gas']);
    expect(ids([{ domain: 'recorded' }, { domain: 'gas' }])).toEqual(['gas', 'recorded']);
  });

  it('are all as long as nothing is known of facilities, and in an empty city', () => {
    expect(ids(null)).toEqual(['gas', 'recorded']);
    expect(ids([])).toEqual(['gas', 'recorded']);
  });
});

describe('the catalogue', () => {
  it('knows what all domains share beside the domains', () => {
    expect(packsOf(catalogue).flatMap((pack) => pack.metrics.map((known) => known.code))).toEqual(['dev_battery']);
    expect(packsOf(null)).toEqual([]);
  });

  it('finds a procedure in the domain first, then among the common ones', () => {
    expect(procedureIn(catalogue, 'gas', 'leak')?.name.en).toBe('gas leak');
    expect(procedureIn(catalogue, 'gas', 'battery')?.steps).toHaveLength(1);
    expect(procedureIn(catalogue, 'gas', 'nothing')).toBeNull();
    expect(procedureIn(null, 'gas', 'leak')).toBeNull();
  });
});
