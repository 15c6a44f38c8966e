import { ref } from 'vue';

export type Theme = 'dark' | 'light';
export const theme = ref<Theme>(document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark');

export function useTheme(next: Theme): void {
  theme.value = next;
  document.documentElement.dataset['theme'] = next;
  try {
    localStorage.setItem('yiwang.theme', next);
  } catch {
    // Not remembered, still switched.
  }
}
