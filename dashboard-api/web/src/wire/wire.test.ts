import { describe, expect, it } from 'vitest';
import { testingAlarm } from '../testing/alarms';
import { WireError } from './check';
import { parseFrame } from './live';
import { alarm, duty, facility, rate, session } from './rest';

describe('REST answers', () => {
  it('take ISO times as epoch ms, absent and null alike', () => {
    const read = facility(
      { id: 'f', domain: 'gas', type: 't', district: 'd', name: { zh: '站', en: 'S' }, longitude: 1, latitude: 2, state: 'run', grade: 0, lastTime: '2026-11-21T04:00:00Z' },
      'facility',
    );
    expect(read.lastTime).toBe(Date.UTC(2026, 10, 21, 4));
    expect(read.headline).toBeNull();
    expect(read.inService).toBe(true);
  });

  it('are refused with the place of what is wrong', () => {
    expect(() => session({ user: { id: 'a', roles: 'admin' } }, 'session')).toThrow(new WireError('session.user.roles', 'a list', 'admin'));
    expect(() => rate({ scope: 'city', code: 'c', period: 'hour', windowStart: 'yesterday', windowEnd: 1 }, 'rate')).toThrow('rate.windowStart');
  });

  it('of alarms read the same from REST and from the socket', () => {
    const live = testingAlarm();
    const rest = { ...live, onset: new Date(live.onset).toISOString(), raised: new Date(live.raised).toISOString() };
    expect(alarm(rest, 'alarm')).toEqual(alarm(live, 'alarm'));
  });

  it('of who is on duty may name persons by id only', () => {
    expect(duty({ officers: ['p1'], leaders: [], until: null }, 'duty').officers).toEqual([{ id: 'p1', name: 'p1', email: '', phone: '', webhook: '' }]);
  });
});

describe('frames', () => {
  it('are checked by their kind', () => {
    expect(parseFrame('{"t":"d","c":"x","p":1,"q":2,"u":[["a",1]]}')).toEqual({ t: 'd', c: 'x', p: 1, q: 2, ts: null, u: [['a', 1]], x: [] });
    expect(parseFrame('{"t":"news"}')).toBeNull();
    expect(() => parseFrame('{"t":"snap","c":"x"}')).toThrow(WireError);
    expect(() => parseFrame('[')).toThrow(SyntaxError);
  });
});
