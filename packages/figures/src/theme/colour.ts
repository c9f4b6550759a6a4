import { interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic';

/** Red, green, blue, each 0 to 255. */
export type Rgb = readonly [number, number, number];

/** 'viridis' for magnitudes; 'diverging' (red, white, blue) for signed values around zero. */
export type ColourMap = 'viridis' | 'diverging';

/** The mapping of values to colours, with the label of its colour bar. */
export interface ColourSpec {
  readonly map: ColourMap;
  readonly label: string;
  readonly unit?: string;
  /**
   * The values at the two ends. Default: [0, 1] for viridis; for diverging [-m, m], where m is the
   * largest absolute value. A diverging domain must be symmetric around zero.
   */
  readonly domain?: readonly [number, number];
}

/** A colour specification with its domain. */
export interface ColourScale extends ColourSpec {
  readonly domain: readonly [number, number];
  /** True if some values lie below or above the domain. They take the colour of its end. */
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
 * Chooses the domain of a colour specification for the values it will show.
 *
 * @param spec the map, its label, and optionally the domain
 * @param values the values; NaN is ignored
 * @returns the specification with its domain
 * @throws RangeError if the domain is not two finite ascending numbers, or a diverging domain is
 * not symmetric around zero.
 * @example
 * ```js
 * import { colourScale } from 'polysem/figures/theme';
 * colourScale({ map: 'diverging', label: 'd' }, [0.1, -0.4]).domain; // [-0.4, 0.4]
 * ```
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
  // Rounding errors do not count as values beyond the domain.
  const slack = (to - from) * 1e-9;
  return { ...spec, domain, below: low < from - slack, above: high > to + slack };
}

/** The colour of a value; undefined for NaN. */
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
