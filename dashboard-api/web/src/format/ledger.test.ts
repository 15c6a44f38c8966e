import { describe, expect, it } from 'vitest';
import { figureText, inWords, parameterText, sizeText, yearText } from './ledger';

describe('a nameplate', () => {
  it('reads with the unit as people write it', () => {
    expect(parameterText(16800, { unit: 'm3/h', states: {} }, 'en')).toBe('16,800 m³/h');
    expect(parameterText(0.36, { unit: 'MPa', states: {} }, 'zh')).toBe('0.36 MPa');
    expect(parameterText(3, { unit: '1', states: {} }, 'en')).toBe('3');
  });

  it('reads the name of a class', () => {
    expect(parameterText(2, { unit: '1', states: { '2': { zh: '二级', en: 'class II' } } }, 'zh')).toBe('二级');
    expect(parameterText(5, { unit: '1', states: { '2': { zh: '二级', en: 'class II' } } }, 'zh')).toBe('5');
  });

  it('of an unknown pack or without a value still reads', () => {
    expect(parameterText(1.5, null, 'en')).toBe('1.5');
    expect(parameterText(null, null, 'en')).toBe('—');
  });
});

describe('figures', () => {
  it('keep the digits they have', () => {
    expect(figureText(1234567.891, 'en')).toBe('1,234,567.891');
    expect(figureText(0.1 + 0.2, 'en')).toBe('0.3');
  });

  it('of years have no separators, and 0 is not known', () => {
    expect(yearText(2004)).toBe('2004');
    expect(yearText(0)).toBe('—');
  });

  it('of bytes are short', () => {
    expect([sizeText(12), sizeText(2048), sizeText(5 * 1024 * 1024)]).toEqual(['12 B', '2.0 KB', '5.0 MB']);
  });
});

describe('a sentence of the server', () => {
  it('names fields as the screen does, and leaves other words alone', () => {
    const label = (field: string): string => ({ builtYear: 'Year built', longitude: '经度' })[field] ?? field;
    expect(inWords('builtYear 1700 is not between 1900 and 2027', label)).toBe('Year built 1700 is not between 1900 and 2027');
    expect(inWords('缺少 longitude', label)).toBe('缺少 经度');
    expect(inWords('unknown street my-builtYears', label)).toBe('unknown street my-builtYears');
  });
});
