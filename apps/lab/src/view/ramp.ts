import type { PhaseName } from '@polysem/engine/phase';

type Rgb = readonly [number, number, number];

/** Capacity 0 to 1 from light to dark (in the dark theme from dark to light), by theme. The stops are those of tokens.css. */
const STOPS: Readonly<Record<'light' | 'dark', readonly string[]>> = {
  light: ['f3f1ec', 'cdd6da', '94a9b8', '4f6f89', '1a3853'],
  dark: ['20262d', '32465a', '4d6c88', '7a9db8', 'b6d0e2'],
};
const SIGNED: Readonly<Record<'light' | 'dark', readonly string[]>> = {
  light: ['a87c00', 'f6f5f2', '35597a'],
  dark: ['d9b44a', '1b1f25', '7fb0d8'],
};

const parsed = (hex: string): Rgb => {
  const bits = Number.parseInt(hex, 16);
  return [bits >> 16, (bits >> 8) & 255, bits & 255];
};

function between(stops: readonly string[], t: number): Rgb {
  const place = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const k = Math.min(stops.length - 2, Math.floor(place));
  const [a, b] = [parsed(stops[k]), parsed(stops[k + 1])];
  const mix = (i: 0 | 1 | 2): number => Math.round(a[i] + (b[i] - a[i]) * (place - k));
  return [mix(0), mix(1), mix(2)];
}

/** The colour of a capacity. */
export const capacityColour = (theme: 'light' | 'dark', capacity: number): Rgb =>
  between(STOPS[theme], capacity);

/** The colour of a signed value in [-1, 1]. */
export const signedColour = (theme: 'light' | 'dark', value: number): Rgb =>
  between(SIGNED[theme], (value + 1) / 2);

/** In CSS notation. */
export const css = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`;

/** Named phases, by theme; the colours are those of the reports. */
const PHASES: Readonly<Record<'light' | 'dark', Readonly<Record<PhaseName, string>>>> = {
  light: { ignored: '8b939c', partial: 'e69f00', plateau: '5d1049', full: '0072b2' },
  dark: { ignored: '98a1ab', partial: 'f0b02e', plateau: 'c2255c', full: '3a9bd9' },
};

/** The colour of a named phase. */
export const phaseColour = (theme: 'light' | 'dark', phase: PhaseName): Rgb =>
  parsed(PHASES[theme][phase]);
