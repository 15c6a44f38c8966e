import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

const backend = process.env['YIWANG_BACKEND'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    // A floor for the browsers of locally certified desktops, whose engines lag behind.
    target: ['chrome100', 'edge100', 'firefox100', 'safari16'],
    // Fonts and images stay files of our own origin: the page's security policy allows nothing else.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: {
    proxy: { '/api': backend, '/ws': { target: backend, ws: true } },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
});
