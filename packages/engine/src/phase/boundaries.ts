import { logSpaced } from '@polysem/numerics/elementary';
import { moments } from '@polysem/core/features';
import { phaseBoundaries } from '@polysem/core/theory';
import { rowInputs, type PhaseSpec } from './phase-spec.ts';

/** A boundary between phases as points (V, p). */
export interface Boundary {
  readonly label: string;
  readonly points: readonly (readonly [number, number])[];
}

const STEPS = 240;

/**
 * Computes the closed-form phase boundaries inside the range of a diagram. There are none if D >= N, because then every
 * feature has its own dimension.
 *
 * @param spec the phase diagram; its densities and importances give the range.
 * @returns the boundaries ignored / partial and partial / full.
 *
 * @example
 * ```js
 * import { boundaries } from 'polysem/phase';
 * const density = { from: 1, to: 0.001, count: 2 };
 * const importance = { from: 0.01, to: 100, count: 2 };
 * const spec = { features: 6, dims: 3, shape: 'uniform', density, importance, trained: null, seed: 0 };
 * boundaries(spec).map(({ label }) => label); // ['ignored / partial', 'partial / full']
 * ```
 */
export function boundaries(spec: PhaseSpec): Boundary[] {
  const { features, dims } = spec;
  if (dims >= features) return [];
  const { from, to } = spec.density;
  const densities = Array.from(logSpaced(from, to, STEPS + 1));
  const at = densities.map((p) =>
    phaseBoundaries({
      features,
      dims,
      kurtosis: Math.max(1, moments(rowInputs(spec, p)).kurtosis),
    }),
  );
  const [least, most] = [spec.importance.from, spec.importance.to].toSorted((a, b) => a - b);
  const inside = (v: number): boolean => v >= least && v <= most;
  const line = (label: string, values: readonly number[]): Boundary => ({
    label,
    points: values.flatMap((v, i) => (inside(v) ? [[v, densities[i]] as const] : [])),
  });
  return [
    line(
      'ignored / partial',
      at.map((b) => b.ignoredUpTo),
    ),
    line(
      'partial / full',
      at.map((b) => b.fullFrom),
    ),
  ];
}
