/** Entries of the asset ledger in words. */
import type { Name, Parameter } from '../wire/rest';
import { NONE, type Language } from './numbers';
import { unitText } from './units';

const plain = new Map<Language, Intl.NumberFormat>();

/** A number with the digits it has; never more than six behind the point. */
export function figureText(value: number, language: Language): string {
  let found = plain.get(language);
  if (!found) {
    found = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { maximumFractionDigits: 6 });
    plain.set(language, found);
  }
  return found.format(value);
}

/** Value of a nameplate: the name of a class, else the number with its unit. */
export function parameterText(value: number | null, parameter: Pick<Parameter, 'unit' | 'states'> | null, language: Language): string {
  if (value === null) return NONE;
  const state: Name | undefined = parameter?.states[String(value)];
  if (state) return state[language];
  const unit = unitText(parameter?.unit ?? '');
  return unit === '' ? figureText(value, language) : `${figureText(value, language)} ${unit}`;
}

/** A year as it is; 0 is not known. */
export const yearText = (year: number): string => (year === 0 ? NONE : String(year));

/** Bytes of a file. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Names of fields that mean nothing else in a sentence. */
const FIELDS = /\b(nameZh|nameEn|builtYear|inService|longitude|latitude|households|lengthM|diameterMm|depthM|laidYear|periodSeconds)\b/g;

/** A sentence of the server with its fields named as they are on the screen. */
export const inWords = (sentence: string, label: (field: string) => string): string => sentence.replace(FIELDS, (field) => label(field));
