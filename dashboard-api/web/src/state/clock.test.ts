import { describe, expect, it } from 'vitest';
import { cityTime, paceText, slackMillis } from './clock';

const clock = { from: Date.UTC(2026, 0, 9, 22), anchor: Date.UTC(2026, 6, 1, 8), speed: 60 };

describe('the clock of the city', () => {
  it('is the wall clock when the city has none of its own', () => {
    expect(cityTime(null, 12_345)).toBe(12_345);
  });

  it('runs from its anchor at its speed, also before it', () => {
    expect(cityTime(clock, clock.anchor)).toBe(clock.from);
    expect(cityTime(clock, clock.anchor + 1_000)).toBe(clock.from + 60_000);
    expect(cityTime(clock, clock.anchor - 500)).toBe(clock.from - 30_000);
  });

  it('gives the way of a reading the time that it takes in a fast city', () => {
    expect(slackMillis(clock)).toBe(59_000);
    expect(slackMillis({ ...clock, speed: 0.5 })).toBe(0);
    expect(slackMillis(null)).toBe(0);
  });

  it('says its pace only when it is another than ours', () => {
    expect(paceText(clock)).toBe('×60');
    expect(paceText({ ...clock, speed: 0.5 })).toBe('×0.5');
    expect(paceText({ ...clock, speed: 1 })).toBe('');
  });
});
