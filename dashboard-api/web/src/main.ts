import '@fontsource-variable/inter';
import '@fontsource-variable/noto-sans-sc';
import './style/tokens.css';
import './style/base.css';
import { createApp } from 'vue';
import App from './App.vue';
import { resume } from './app/city';
import { router } from './app/router';
import { i18n, useLanguage } from './i18n';
import type { Language } from './format/numbers';

useLanguage(i18n.global.locale.value as Language);

// An unreachable server still shows the login page, which says so when one tries.
await resume().catch(() => undefined);

const app = createApp(App).use(i18n).use(router);
await router.isReady();
app.mount('#app');
