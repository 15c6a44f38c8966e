import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { zh } from './zh';

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) all.set(inner, text);
  }
  return all;
}
const chinese = flat(zh as Tree);
const english = flat(en as Tree);
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(vue|ts)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}
const files = sources(join(process.cwd(), 'src')).filter((path) => !path.includes(`${join('src', 'i18n')}`));

describe('the two languages', () => {
  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  it('put the same figures into the same sentences', () => {
    for (const [key, text] of chinese) expect([key, placeholders(english.get(key) ?? '')]).toEqual([key, placeholders(text)]);
  });

  it('leave nothing empty, and no Chinese in English', () => {
    for (const [key, text] of chinese) expect([key, text.trim()]).not.toEqual([key, '']);
    for (const [key, text] of english) if (key !== 'top.language') expect([key, /\p{Script=Han}/u.test(text)]).toEqual([key, false]);
  });
});

describe('the pages', () => {
  it('use only keys that exist', () => {
    for (const path of files) {
      for (const [, key] of readFileSync(path, 'utf8').matchAll(/\bt\(\s*'([^']+)'/g)) expect([path, key, chinese.has(key!)]).toEqual([path, key, true]);
    }
  });

  it('carry no words of their own', () => {
    for (const path of files.filter((file) => file.endsWith('.vue'))) {
      const template = /<template>([\s\S]*)<\/template>/.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
      expect([path, /\p{Script=Han}/u.test(template)]).toEqual([path, false]);
      for (const attribute of template.matchAll(/\s(?:title|placeholder|aria-label)="([^"]*)"/g)) expect([path, attribute[1]]).toEqual([path, '']);
    }
  });
});
