/** Projection of the schematic city map: equirectangular around the city's middle, north up, fitted into a box. */
export type Place = readonly [longitude: number, latitude: number];
export type Dot = readonly [x: number, y: number];

export interface Projection {
  project(place: Place): Dot;
}

/** null when there is nothing to show. */
export function fit(places: readonly Place[], width: number, height: number, margin: number): Projection | null {
  if (places.length === 0) return null;
  let west = Infinity;
  let east = -Infinity;
  let south = Infinity;
  let north = -Infinity;
  for (const [longitude, latitude] of places) {
    west = Math.min(west, longitude);
    east = Math.max(east, longitude);
    south = Math.min(south, latitude);
    north = Math.max(north, latitude);
  }
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const spanX = Math.max((east - west) * shrink, 1e-6);
  const spanY = Math.max(north - south, 1e-6);
  const scale = Math.min((width - 2 * margin) / spanX, (height - 2 * margin) / spanY);
  const left = (width - spanX * scale) / 2;
  const top = (height - spanY * scale) / 2;
  return {
    project: ([longitude, latitude]) => [left + (longitude - west) * shrink * scale, top + (north - latitude) * scale],
  };
}

export const path = (boundary: readonly Place[], projection: Projection): string =>
  boundary.length < 3
    ? ''
    : `${boundary
        .map((place, index) => {
          const [x, y] = projection.project(place);
          return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
        })
        .join('')}Z`;

/** Centre of gravity of a ring's area: where its label goes. */
export function centre(boundary: readonly Place[]): Place | null {
  let area = 0;
  let x = 0;
  let y = 0;
  const first = boundary[0];
  if (!first) return null;
  // Relative to the first corner, since the sums would otherwise lose their digits.
  boundary.forEach((corner, index) => {
    const next = boundary[(index + 1) % boundary.length]!;
    const ax = corner[0] - first[0];
    const ay = corner[1] - first[1];
    const bx = next[0] - first[0];
    const by = next[1] - first[1];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  });
  if (Math.abs(area) < 1e-12) return first;
  return [first[0] + x / (3 * area), first[1] + y / (3 * area)];
}
