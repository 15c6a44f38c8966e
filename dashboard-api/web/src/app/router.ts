import { watch } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import { session } from './city';

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown without a session. */
    open?: boolean;
    /** Key of the page's title. */
    title?: string;
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', name: 'login', component: () => import('../views/login/LoginView.vue'), meta: { open: true, title: 'login.title' } },
    { path: '/', name: 'overview', component: () => import('../views/overview/OverviewView.vue'), meta: { title: 'nav.overview' } },
    { path: '/domain/:domain', name: 'domain', component: () => import('../views/domain/DomainView.vue'), meta: { title: 'nav.domains' } },
    { path: '/facilities/:facility', name: 'facility', component: () => import('../views/facility/FacilityView.vue'), meta: { title: 'domain.columnName' } },
    { path: '/alarms/:alarm?', name: 'alarms', component: () => import('../views/alarms/AlarmsView.vue'), meta: { title: 'nav.alarms' } },
    { path: '/rates', name: 'rates', component: () => import('../views/rates/RatesView.vue'), meta: { title: 'nav.rates' } },
    { path: '/ledger/:facility?', name: 'ledger', component: () => import('../views/ledger/LedgerView.vue'), meta: { title: 'nav.ledger' } },
    { path: '/rules', name: 'rules', component: () => import('../views/rules/RulesView.vue'), meta: { title: 'nav.rules' } },
    { path: '/quality', name: 'quality', component: () => import('../views/quality/QualityView.vue'), meta: { title: 'data.title' } },
    { path: '/duty', name: 'duty', component: () => import('../views/duty/DutyView.vue'), meta: { title: 'nav.duty' } },
    { path: '/:rest(.*)*', name: 'notfound', component: () => import('../views/notfound/NotFoundView.vue'), meta: { title: 'common.notFoundTitle' } },
  ],
});

router.beforeEach((to) => {
  if (to.meta.open !== true && session.value === null) return { name: 'login', query: to.fullPath === '/' ? {} : { to: to.fullPath } };
  if (to.name === 'login' && session.value !== null) return { name: 'overview' };
  return true;
});

// The session may end at any time: the same page comes back after signing in again.
watch(session, (current) => {
  const here = router.currentRoute.value;
  if (current === null && here.meta.open !== true && here.matched.length > 0) {
    void router.replace({ name: 'login', query: here.fullPath === '/' ? {} : { to: here.fullPath } });
  }
});
