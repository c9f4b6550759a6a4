/** A path of SVG through places in pixels. */
export function linePath(places: readonly (readonly [x: number, y: number])[]): string {
  return places
    .map(([x, y], k) => `${k === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
}
