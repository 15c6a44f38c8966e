/** UCUM codes as people write them. */
const KNOWN: Record<string, string> = {
  '1': '',
  '[pH]': '',
  Cel: '°C',
  K: 'K',
  'm3/h': 'm³/h',
  m3: 'm³',
  'm3/d': 'm³/d',
  m2: 'm²',
  'mg/m3': 'mg/m³',
  'ug/m3': 'µg/m³',
  'uS/cm': 'µS/cm',
  'kW.h': 'kWh',
  'kW.h/m3': 'kWh/m³',
  'kW.h/t': 'kWh/t',
  'kg/m3': 'kg/m³',
  'MJ/m3': 'MJ/m³',
  Ohm: 'Ω',
  "'": '′',
  'dB{mW}': 'dBm',
  'dB[A]': 'dB(A)',
  'dB(A)': 'dB(A)',
};

/** A UCUM unit for the screen: annotations lose their braces (`%{LEL}` → `%LEL`), powers become superscripts. */
export function unitText(ucum: string): string {
  const known = KNOWN[ucum];
  if (known !== undefined) return known;
  return ucum
    .replace(/\{([^}]*)\}/g, '$1')
    .replace(/\[([^\]]*)\]/g, '$1')
    .replace(/\bm3\b/g, 'm³')
    .replace(/\bm2\b/g, 'm²')
    .replace(/\bug\b/g, 'µg')
    .replace(/\bCel\b/g, '°C');
}
