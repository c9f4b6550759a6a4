import { scaleLinear, scaleLog } from 'd3-scale';
import { formatNumber } from './format.ts';
import { textWidth } from './text.ts';

/** What an axis measures. The domain runs from the left or the top; it may descend. */
export interface AxisSpec {
  readonly label: string;
  readonly unit?: string;
  readonly scale: 'linear' | 'log';
  readonly domain: readonly [number, number];
  /** Ticks at whole numbers alone. Default false. */
  readonly isWhole?: boolean;
}

/** The values at which a grid of cells was computed, along one side of it. */
export interface GridAxis {
  readonly label: string;
  readonly unit?: string;
  readonly scale: 'linear' | 'log';
  /** Evenly spaced on the axis' scale, rising or falling. */
  readonly values: ArrayLike<number>;
  /** Ticks at whole numbers alone. Default false. */
  readonly isWhole?: boolean;
}

export interface Tick {
  readonly value: number;
  /** Empty for a minor tick. */
  readonly label: string;
}

/** An axis laid over pixels. */
export interface Axis {
  readonly spec: AxisSpec;
  readonly range: readonly [number, number];
  readonly ticks: readonly Tick[];
  /** Pixel position of a value; NaN where a log axis has none (0 and below). */
  readonly position: (value: number) => number;
}

/** Font size of tick labels in pixels. */
export const TICK_SIZE = 11;

/**
 * Lays an axis over a range of pixels, with ticks at round numbers.
 *
 * @param range the pixels of the two ends of the domain
 * @param along 'x' where tick labels stand side by side, 'y' where they stand above each other
 * @throws RangeError if the domain is empty or not finite, or not positive on a log scale.
 */
export function makeAxis(spec: AxisSpec, range: readonly [number, number], along: 'x' | 'y'): Axis {
  const [from, to] = spec.domain;
  if (!(Number.isFinite(from) && Number.isFinite(to) && from !== to)) {
    throw new RangeError(`axis '${spec.label}': the domain [${from}, ${to}] is empty`);
  }
  if (spec.scale === 'log' && !(from > 0 && to > 0)) {
    throw new RangeError(`axis '${spec.label}': a log scale needs positive numbers`);
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
    spec.scale === 'log' && high / low >= 10
      ? decadeTicks(low, high, room)
      : scaleLinear()
          .domain([low, high])
          .ticks(Math.min(room, 8))
          .map((value) => ({ value, label: formatNumber(value) }))
  ).filter(({ value }) => spec.isWhole !== true || Number.isInteger(value));
  return { spec, range, position, ticks: withoutCollisions(ticks, position, along) };
}

/** Ticks at powers of ten, as many labelled as there is room for, and minor ones between them. */
function decadeTicks(low: number, high: number, room: number): Tick[] {
  const slack = 1e-9;
  const first = Math.ceil(Math.log10(low) - slack);
  const last = Math.floor(Math.log10(high) + slack);
  const step = Math.max(1, Math.ceil((last - first + 1) / room));
  // Counted from 1 (from 100, 1, 0.01 ...) unless that would leave fewer than two labels.
  const around = Math.floor(last / step) - Math.ceil(first / step) >= 1 ? 0 : first;
  const labelled = (last - first < 2 && room >= 5) || last <= first ? [1, 2, 5] : [1];
  const far = high >= 1e5;
  const ticks: Tick[] = [];
  for (let exponent = first - 1; exponent <= last; exponent++) {
    for (let m = 1; m <= (step === 1 ? 9 : 1); m++) {
      const value = Number(`${m}e${exponent}`);
      if (value < low * (1 - slack) || value > high * (1 + slack)) continue;
      const named = labelled.includes(m) && (exponent - around) % step === 0;
      // 10000 beside 1e6 would look like another kind of number.
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
 * The axis of a grid of cells: cells are centred on their values, so the axis reaches half a cell
 * beyond the first and the last.
 *
 * @throws RangeError if there are no values, or they are not evenly spaced on the scale.
 */
export function gridAxisSpec({ label: name, unit, scale, values, isWhole }: GridAxis): AxisSpec {
  const n = values.length;
  const at = (i: number): number => (scale === 'log' ? Math.log(values[i]) : values[i]);
  if (n === 0) throw new RangeError(`axis '${name}': a grid needs at least one value`);
  const step = n > 1 ? (at(n - 1) - at(0)) / (n - 1) : 1;
  for (let i = 0; i < n; i++) {
    // Negated, so that NaN and the logarithm of a negative number are refused too.
    if (!(Math.abs(at(i) - (at(0) + i * step)) <= 1e-6 * Math.abs(step)) || step === 0) {
      throw new RangeError(`axis '${name}': the values are not evenly spaced on a ${scale} scale`);
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
