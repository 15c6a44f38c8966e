/** The one shared state of the page: session, catalogue, live channels, server clock. Views read it and send intents. */
import { computed, onScopeDispose, reactive, ref, shallowReactive, shallowRef, toValue, watch, type MaybeRefOrGetter, type ShallowRef } from 'vue';
import { browser, LiveClient } from '../api/live';
import * as rest from '../api/rest';
import type { Language } from '../format/numbers';
import { useZone } from '../format/times';
import { i18n } from '../i18n';
import { alarmsOf, countByGrade, isOpen, standing } from '../state/alarms';
import { cityTime, slackMillis, type CityClock } from '../state/clock';
import { EMPTY_CHANNEL, type ChannelState } from '../state/channel';
import { NO_CONNECTION, statusOf, type Connection } from '../state/connection';
import { domainsPresent, packsOf, procedureIn } from '../state/catalogue';
import type { Alarm, Catalogue, District, Domain, Facility, Metric, Name, Parameter, Procedure, Session, Street } from '../wire/rest';

export const session = shallowRef<Session | null>(null);
export const sessionExpired = ref(false);
export const catalogue = shallowRef<Catalogue | null>(null);
export const connection = shallowRef<Connection>(NO_CONNECTION);
/** The server's wall clock, advancing once a second; epoch ms. For what concerns people: duty, connection, notifications. */
export const wallNow = ref(Date.now());
/** The city's clock when it is not the wall clock. */
export const cityClock = computed<CityClock | null>(() => session.value?.clock ?? null);
/** Age of a reading in the city that only its way explains, ms. */
export const slack = computed(() => slackMillis(cityClock.value));
/** Now in the city, epoch ms. For what concerns the city: readings, alarms, rates. */
export const now = computed(() => cityTime(cityClock.value, wallNow.value));
const offset = ref(0);
const localNow = ref(Date.now());

export const status = computed(() => statusOf(connection.value, localNow.value));
export const connected = computed(() => status.value === 'live' || status.value === 'delayed');
/** Server time since when the connection is lost. */
export const lostSince = computed(() => {
  const { lostSince: since, lastFrame } = connection.value;
  const from = lastFrame ?? since;
  return from === null ? null : from + offset.value;
});

export const language = computed(() => i18n.global.locale.value as Language);
export const nameOf = (name: Name | null | undefined): string => (name ? name[language.value] || name.zh || name.en : '');

const channels = shallowReactive(new Map<string, ShallowRef<ChannelState>>());

const client = new LiveClient(browser(), {
  onChannel: (channel, state) => {
    const known = channels.get(channel);
    if (known) known.value = state;
  },
  onConnection: (next) => {
    connection.value = next;
    localNow.value = Date.now();
  },
  onClock: (next) => {
    // A single late frame must not move the clock by its delay.
    if (Math.abs(next - offset.value) > 500 || next > offset.value) offset.value = next;
  },
  onRefused: (code) => {
    if (code === 4401) expire();
  },
  onProblem: (message) => console.warn(`live: ${message}`),
});

/** A channel for as long as the caller's scope lives; a null name subscribes to nothing. */
export function useChannel(channel: MaybeRefOrGetter<string | null>): Readonly<ShallowRef<ChannelState>> {
  const shown = shallowRef<ChannelState>(EMPTY_CHANNEL);
  let leave: () => void = () => undefined;
  watch(
    () => toValue(channel),
    (wanted) => {
      leave();
      leave = () => undefined;
      shown.value = EMPTY_CHANNEL;
      if (wanted === null) return;
      let state = channels.get(wanted);
      if (!state) {
        state = shallowRef(client.state(wanted));
        channels.set(wanted, state);
      }
      const source = state;
      source.value = client.state(wanted);
      const unsubscribe = client.subscribe(wanted);
      const stop = watch(source, (next) => (shown.value = next), { immediate: true, flush: 'sync' });
      leave = () => {
        stop();
        unsubscribe();
      };
    },
    { immediate: true },
  );
  onScopeDispose(() => leave());
  return shown;
}

const alarmChannel = shallowRef<ChannelState>(EMPTY_CHANNEL);
/** Every alarm of the live channel in order of urgency, also those that closed within the last minute. */
export const liveAlarms = computed(() => alarmsOf(alarmChannel.value));
/** Open alarms that stand for themselves; what an incident speaks for is under it. */
export const openAlarms = computed(() => standing(liveAlarms.value.filter(isOpen)));
export const gradeCounts = computed(() => countByGrade(openAlarms.value));
export const alarmsKnown = computed(() => alarmChannel.value.epoch !== null);

export const facilities = shallowReactive(new Map<string, Facility>());
export const facilitiesState = reactive({ loaded: false, error: null as string | null });
let facilitiesWanted: Promise<void> | null = null;

/** Fetches the list of facilities; calls at the same time share one request. */
export function loadFacilities(): Promise<void> {
  facilitiesWanted ??= rest
    .facilities()
    .then((all) => {
      const present = new Set(all.map((facility) => facility.id));
      for (const id of [...facilities.keys()]) if (!present.has(id)) facilities.delete(id);
      for (const facility of all) facilities.set(facility.id, facility);
      facilitiesState.loaded = true;
      facilitiesState.error = null;
    })
    .catch((error: unknown) => {
      facilitiesState.error = error instanceof Error ? error.message : String(error);
    })
    .finally(() => {
      facilitiesWanted = null;
    });
  return facilitiesWanted;
}

export async function loadCatalogue(): Promise<void> {
  const next = await rest.catalogue();
  useZone(next.city.zone);
  catalogue.value = next;
}

const domains = computed(() => new Map<string, Domain>(catalogue.value?.domains.map((domain) => [domain.id, domain]) ?? []));
const districts = computed(() => new Map<string, District>(catalogue.value?.districts.map((district) => [district.id, district]) ?? []));
const streets = computed(() => new Map<string, Street>(catalogue.value?.streets.map((street) => [street.id, street]) ?? []));
const metrics = computed(
  () => new Map<string, Metric>(packsOf(catalogue.value).flatMap((pack) => pack.metrics.map((metric) => [metric.code, metric] as const))),
);
/** Domains that the city has facilities of. A pack without any is in nobody's way. */
export const presentDomains = computed(() => domainsPresent(catalogue.value?.domains ?? [], facilitiesState.loaded ? facilities.values() : null));
export const domainOf = (id: string): Domain | null => domains.value.get(id) ?? null;
export const metricOf = (code: string): Metric | null => metrics.value.get(code) ?? null;
/** What the alarm is about. */
export const titleOf = (alarm: Alarm): string => nameOf(alarm.title ?? alarm.metricName) || alarm.metric || alarm.rule;
export const domainName = (id: string): string => nameOf(domains.value.get(id)?.name) || id;
export const districtName = (id: string): string => nameOf(districts.value.get(id)?.name) || id;
export const streetName = (id: string): string => nameOf(streets.value.get(id)?.name) || id;
export const parameterOf = (domain: string, code: string): Parameter | null => domains.value.get(domain)?.parameters.find((known) => known.code === code) ?? null;
/** A procedure of the domain, else of those that all domains share. */
export const procedureOf = (domain: string, id: string): Procedure | null => procedureIn(catalogue.value, domain, id);
export const typeName = (domain: string, type: string): string =>
  nameOf(domains.value.get(domain)?.facilityTypes.find((known) => known.id === type)?.name) || type;

export const hasRole = (...roles: string[]): boolean => roles.some((role) => session.value?.user.roles.includes(role));

let alarmScope: (() => void) | null = null;
let timers: ReturnType<typeof setInterval>[] = [];

function begin(next: Session): void {
  session.value = next;
  sessionExpired.value = false;
  useZone(next.zone);
  offset.value = next.serverTime - Date.now();
  if (alarmScope) return;
  const alarms = shallowRef<ChannelState>(EMPTY_CHANNEL);
  channels.set('alarms', alarms);
  const leave = client.subscribe('alarms');
  const stop = watch(alarms, (state) => (alarmChannel.value = state), { flush: 'sync' });
  alarmScope = () => {
    stop();
    leave();
    alarmChannel.value = EMPTY_CHANNEL;
  };
  client.start();
  const catalogueLoad = (): void => void loadCatalogue().catch(() => undefined);
  catalogueLoad();
  void loadFacilities();
  // Assets change seldom and no channel tells of it.
  timers = [setInterval(() => void loadFacilities(), 60_000), setInterval(catalogueLoad, 300_000)];
}

function end(): void {
  client.stop();
  alarmScope?.();
  alarmScope = null;
  timers.forEach(clearInterval);
  timers = [];
  session.value = null;
  facilities.clear();
  facilitiesState.loaded = false;
  catalogue.value = null;
}

function expire(): void {
  if (session.value === null) return;
  sessionExpired.value = true;
  end();
}

/** Takes up the session that the browser may already have. */
export async function resume(): Promise<void> {
  const current = await rest.session.current();
  if (current) begin(current);
}

export async function signIn(user: string, password: string): Promise<void> {
  begin(await rest.session.open(user, password));
}

export async function signOut(): Promise<void> {
  try {
    await rest.session.close();
  } finally {
    end();
  }
}

rest.whenUnauthorised(expire);
setInterval(() => {
  localNow.value = Date.now();
  wallNow.value = localNow.value + offset.value;
}, 1000);
watch(offset, (value) => (wallNow.value = Date.now() + value));
