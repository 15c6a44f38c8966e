/** What time it is in the city, which may live in another year and at another pace than we do. */

/** At wall moment `anchor` it was `from` in the city, epoch ms; its clock runs `speed` times as fast as the wall clock. */
export interface CityClock {
  from: number;
  anchor: number;
  speed: number;
}

/** Time in the city at a wall moment, both epoch ms; without a clock of its own the city lives now. */
export const cityTime = (clock: CityClock | null, wall: number): number =>
  clock === null ? wall : clock.from + Math.round((wall - clock.anchor) * clock.speed);

/** How much longer a second on the way takes in a fast city than for us, ms: what ages and gaps must not be blamed for. */
export const slackMillis = (clock: CityClock | null): number => (clock === null ? 0 : Math.max(0, clock.speed - 1) * 1000);

/** How fast, for people: `×60`; a city at the pace of people says nothing. */
export const paceText = (clock: CityClock): string => (clock.speed === 1 ? '' : `×${Number(clock.speed.toFixed(2))}`);
