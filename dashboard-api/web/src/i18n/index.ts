import { createI18n } from 'vue-i18n';
import type { Language } from '../format/numbers';
import { en } from './en';
import { zh } from './zh';

const KEY = 'yiwang.language';

function remembered(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(KEY);
  } catch {
    // Storage may be forbidden; the browser's language then decides each time.
  }
  if (stored === 'zh' || stored === 'en') return stored;
  return /^zh/i.test(navigator.language) ? 'zh' : 'en';
}

export const i18n = createI18n({
  legacy: false,
  locale: remembered(),
  fallbackLocale: 'en',
  messages: { zh, en },
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
});

export function useLanguage(language: Language): void {
  i18n.global.locale.value = language;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Not remembered, still switched.
  }
}
