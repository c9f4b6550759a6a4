import { interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic';

/** Red, green, blue, each 0 to 255. */
export type Rgb = readonly [number, number, number];

/** 'viridis' for magnitudes; 'diverging' (red, white, blue) for signed values around zero. */
export type ColourMap = 'viridis' | 'diverging';

/** How values become colours, and what the colour bar says. */
export interface ColourSpec {
  readonly map: ColourMap;
  readonly label: string;
  readonly unit?: string;
  /**
   * The values at the two ends. Default [0, 1] for viridis; for diverging, the largest absolute
   * value on both sides. A diverging domain has to be symmetric around zero.
   */
  readonly domain?: readonly [number, number];
}

/** A colour specification with its domain decided. */
export interface ColourScale extends ColourSpec {
  readonly domain: readonly [number, number];
  /** Whether values given fall outside the domain, below and above: they take the end's colour. */
  readonly below: boolean;
  readonly above: boolean;
}

/** The colour at t in [0, 1] (clamped) of a map; 0.5 is the neutral middle of 'diverging'. */
export function mapColour(map: ColourMap, t: number): Rgb {
  const inside = Math.min(1, Math.max(0, t));
  return parseRgb(map === 'viridis' ? interpolateViridis(inside) : interpolateRdBu(inside));
}

function parseRgb(colour: string): Rgb {
  if (colour.startsWith('#')) {
    const bits = Number.parseInt(colour.slice(1), 16);
    return [bits >> 16, (bits >> 8) & 255, bits & 255];
  }
  const [r, g, b] = (colour.match(/\d+/g) ?? []).map(Number);
  return [r, g, b];
}

/**
 * Decides the domain of a colour specification from the values it will show (NaN is passed over).
 *
 * @throws RangeError if a given domain is not two finite ascending numbers, or a diverging one is
 * not symmetric around zero.
 */
export function colourScale(spec: ColourSpec, values: ArrayLike<number>): ColourScale {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  const extreme = Math.max(0, high, -low);
  const largest = Number.isFinite(extreme) && extreme > 0 ? extreme : 1;
  const domain = spec.domain ?? (spec.map === 'viridis' ? [0, 1] : [-largest, largest]);
  const [from, to] = domain;
  if (!(Number.isFinite(from) && Number.isFinite(to) && from < to)) {
    throw new RangeError(`colourScale: the domain must ascend, got [${from}, ${to}]`);
  }
  if (spec.map === 'diverging' && from !== -to) {
    throw new RangeError(`colourScale: a diverging domain is [-m, m], got [${from}, ${to}]`);
  }
  // Rounding errors of a value that should be 0 or 1 are no overflow.
  const slack = (to - from) * 1e-9;
  return { ...spec, domain, below: low < from - slack, above: high > to + slack };
}

/** The colour of a value; undefined for a value that is not a number. */
export function colourOf(scale: ColourScale, value: number): Rgb | undefined {
  if (Number.isNaN(value)) return undefined;
  const [from, to] = scale.domain;
  return mapColour(scale.map, (value - from) / (to - from));
}

/** A colour in CSS notation, #rrggbb. */
export function cssColour([r, g, b]: Rgb): string {
  return `#${((1 << 24) | (r << 16) | (g << 8) | b).toString(16).slice(1)}`;
}

/** Black or white, whichever is easier to read on a colour (W3C relative luminance). */
export function inkOn(colour: Rgb): '#000' | '#fff' {
  const [r, g, b] = colour.map((c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff';
}
