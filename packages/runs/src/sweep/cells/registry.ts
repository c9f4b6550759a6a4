import { suggestion } from '../../nearest-names.ts';
import { allocate } from './allocate.ts';
import { audit } from './audit.ts';
import { compare } from './compare.ts';
import type { Computation } from './computation.ts';
import { geometry } from './geometry.ts';
import { grid, phase } from './grid.ts';
import { measure } from './measure.ts';
import { train } from './train.ts';

/** All computations by name. */
export const computations: Readonly<Record<string, Computation>> = Object.fromEntries(
  // The registry passes to each computation only what it made itself, which the types cannot express.
  (
    [
      train,
      phase,
      grid,
      allocate,
      measure,
      geometry,
      audit,
      compare,
    ] as readonly unknown[] as readonly Computation[]
  ).map((one) => [one.name, one]),
);

/**
 * The computation of a name.
 *
 * @param name the name.
 * @returns the computation.
 * @throws RangeError if no computation has the name.
 */
export function computationNamed(name: string): Computation {
  const names = Object.keys(computations);
  if (Object.hasOwn(computations, name)) return computations[name];
  throw new RangeError(
    `compute: expected one of ${names.join(', ')}, got ${JSON.stringify(name)}${suggestion(name, names)}`,
  );
}
