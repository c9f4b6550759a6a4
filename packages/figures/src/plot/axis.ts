import { scaleLinear, scaleLog } from 'd3-scale';
import { formatNumber } from '../svg/format.ts';
import { ellipsis, textWidth } from '../svg/text.ts';

/** An axis before it has pixels. */
export interface AxisSpec {
  readonly label: string;
  readonly unit?: string;
  readonly scale: 'linear' | 'log';
  /** The values at its two ends: left and right, or top and bottom. It may descend. */
  readonly domain: readonly [number, number];
  /** Ticks at whole numbers only. Default false. */
  readonly isWhole?: boolean;
  /** Names of the whole numbers from 0, which are the ticks. Default: ticks at round numbers. */
  readonly names?: readonly string[];
}

/** One side of a grid of cells: the values at which the cells were computed. */
export interface GridAxis {
  readonly label: string;
  readonly unit?: string;
  readonly scale: 'linear' | 'log';
  /** Evenly spaced on the scale of the axis, ascending or descending, unless they have names. */
  readonly values: ArrayLike<number>;
  /** Ticks at whole numbers only. Default false. */
  readonly isWhole?: boolean;
  /** One name per value, shown instead of it; the cells are equally wide whatever the values are. */
  readonly names?: readonly string[];
}

export interface Tick {
  readonly value: number;
  /** Empty for a minor tick. */
  readonly label: string;
}

/** Maps values to pixels along one side of a plot. */
export interface Scale {
  /** The pixels of its two ends. */
  readonly range: readonly [number, number];
  readonly ticks: readonly Tick[];
  /** The pixel of a value; NaN where a log axis has none (0 and below). */
  readonly position: (value: number) => number;
}

/** A scale with a label and ticks at round numbers. */
export interface Axis extends Scale {
  readonly spec: AxisSpec;
}

/** Font size of tick labels in pixels. */
export const TICK_SIZE = 11;

/**
 * Lays an axis over a range of pixels, with ticks at round numbers.
 *
 * @param spec the axis
 * @param range the pixels of the two ends of the domain
 * @param along 'x' if tick labels stand side by side, 'y' if they stand above each other
 * @throws RangeError if the domain is empty or not finite, or not positive on a log scale.
 */
export function makeAxis(spec: AxisSpec, range: readonly [number, number], along: 'x' | 'y'): Axis {
  const [from, to] = spec.domain;
  if (!(Number.isFinite(from) && Number.isFinite(to) && from !== to)) {
    throw new RangeError(
      `axis '${spec.label}': the domain must be two different finite numbers, got [${from}, ${to}]`,
    );
  }
  if (spec.scale === 'log' && !(from > 0 && to > 0)) {
    throw new RangeError(
      `axis '${spec.label}': a log scale needs positive numbers, got [${from}, ${to}]`,
    );
  }
  const scale = (spec.scale === 'log' ? scaleLog() : scaleLinear())
    .domain([...spec.domain])
    .range([...range]);
  const position = (value: number): number =>
    spec.scale === 'log' && !(value > 0) ? Number.NaN : scale(value);

  const length = Math.abs(range[1] - range[0]);
  const room = Math.max(2, Math.floor(length / (along === 'x' ? 52 : 34)));
  const low = Math.min(from, to);
  const high = Math.max(from, to);
  const ticks = (
    spec.names !== undefined
      ? namedTicks(spec.names)
      : spec.scale === 'log' && high / low >= 10
        ? decadeTicks(low, high, room)
        : scaleLinear()
            .domain([low, high])
            .ticks(Math.min(room, 8))
            .map((value) => ({ value, label: formatNumber(value) }))
  ).filter(({ value }) => spec.isWhole !== true || Number.isInteger(value));
  return { spec, range, position, ticks: withoutCollisions(ticks, position, along) };
}

/** Longest name of a tick in pixels. */
const LONGEST_NAME = 72;

function namedTicks(names: readonly string[]): Tick[] {
  return names.map((name, value) => ({ value, label: ellipsis(name, LONGEST_NAME, TICK_SIZE) }));
}

/** Ticks at powers of ten, with as many labels as fit, and minor ticks between them. */
function decadeTicks(low: number, high: number, room: number): Tick[] {
  const slack = 1e-9;
  const first = Math.ceil(Math.log10(low) - slack);
  const last = Math.floor(Math.log10(high) + slack);
  const step = Math.max(1, Math.ceil((last - first + 1) / room));
  // Steps count from 1 (100, 1, 0.01 ..) unless that leaves fewer than two labels.
  const around = Math.floor(last / step) - Math.ceil(first / step) >= 1 ? 0 : first;
  const labelled = (last - first < 2 && room >= 5) || last <= first ? [1, 2, 5] : [1];
  const far = high >= 1e5;
  const ticks: Tick[] = [];
  for (let exponent = first - 1; exponent <= last; exponent++) {
    for (let m = 1; m <= (step === 1 ? 9 : 1); m++) {
      const value = Number(`${m}e${exponent}`);
      if (value < low * (1 - slack) || value > high * (1 + slack)) continue;
      const named = labelled.includes(m) && (exponent - around) % step === 0;
      // 1e4 rather than 10000 next to 1e6.
      const short = far && exponent === 4 ? `${m}e4` : formatNumber(value);
      ticks.push({ value, label: named ? short : '' });
    }
  }
  return ticks;
}

function withoutCollisions(
  ticks: readonly Tick[],
  position: (value: number) => number,
  along: 'x' | 'y',
): Tick[] {
  let last: { at: number; half: number } | undefined;
  return ticks.map((tick) => {
    if (tick.label === '') return tick;
    const at = position(tick.value);
    const half = along === 'x' ? textWidth(tick.label, TICK_SIZE) / 2 + 3 : 7;
    if (last !== undefined && Math.abs(at - last.at) < half + last.half) {
      return { value: tick.value, label: '' };
    }
    last = { at, half };
    return tick;
  });
}

/**
 * The axis of a grid of cells. Cells are centred on their values, so the axis extends half a cell
 * beyond the first and the last.
 *
 * @throws RangeError if there are no values, or they are not evenly spaced on the scale.
 */
export function gridAxisSpec(axis: GridAxis): AxisSpec {
  const { label: name, unit, scale, values, isWhole, names } = axis;
  const n = values.length;
  if (names !== undefined) {
    if (names.length !== n || n === 0)
      throw new RangeError(
        `axis '${name}': needs one name per value, got ${names.length} for ${n}`,
      );
    const domain = [-0.5, n - 0.5] as const;
    return { label: name, scale: 'linear', domain, names, ...(unit !== undefined && { unit }) };
  }
  const at = (i: number): number => (scale === 'log' ? Math.log(values[i]) : values[i]);
  if (n === 0) throw new RangeError(`axis '${name}': a grid needs at least one value`);
  const step = n > 1 ? (at(n - 1) - at(0)) / (n - 1) : 1;
  for (let i = 0; i < n; i++) {
    // Negated to refuse NaN and logarithms of negative numbers too.
    if (!(Math.abs(at(i) - (at(0) + i * step)) <= 1e-6 * Math.abs(step)) || step === 0) {
      throw new RangeError(`axis '${name}': values must be evenly spaced on a ${scale} scale`);
    }
  }
  const end = (i: number, half: number): number => {
    const edge = at(i) + half * step;
    return scale === 'log' ? Math.exp(edge) : edge;
  };
  const domain = [end(0, -0.5), end(n - 1, 0.5)] as const;
  return {
    label: name,
    scale,
    domain,
    ...(unit === undefined ? {} : { unit }),
    ...(isWhole === undefined ? {} : { isWhole }),
  };
}
