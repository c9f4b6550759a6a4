import { measureCapacity } from '@polysem/core/capacity';
import { polytope } from '@polysem/core/geometry';
import { atMost, brief, equal, yes, type Unplaced } from '../claim.ts';
import type { Figure5 } from './figure5.ts';
import type { MeasuredArrangement } from './figure6.ts';

/** Tolerance for rounding: the examples are closed forms with few operations. */
const EXACT = 1e-12;

/** Claims about Figure 5: the two blocks hidden in a 3 x 5 matrix are found. */
export function figure5Claims({ planted, found, form }: Figure5): Unplaced[] {
  const source = 'Figure 5';
  const names = found.components.map(({ features }) => features.join());
  return [
    yes(
      {
        id: 'figure5-blocks',
        claim:
          'Figure 5: two blocks hidden in a 3 x 5 matrix, 2 features in 1 dimension and 3 in 2, are found again',
        source,
      },
      names.length === 2 && planted.blocks.every((block) => names.includes(block.join())),
    ),
    atMost(
      {
        id: 'figure5-form',
        claim: `Figure 5: the matrix can be written as Q B P (relative error: ${brief(form.relativeError)})`,
        source,
      },
      form.relativeError,
      EXACT,
    ),
  ];
}

/** Claims about Figure 6: capacities, efficiency and shapes of the paper's examples. */
export function figure6Claims(arrangements: readonly MeasuredArrangement[]): Unplaced[] {
  const source = 'Figure 6';
  const acute = arrangements.filter(isAcute);
  const efficient = arrangements.filter((one) => !isAcute(one));
  const farthest = Math.max(...efficient.map(({ distance }) => distance));
  const named = arrangements.filter(
    ({ shape, arrangement }) => shape.name === arrangement.expectedShape,
  ).length;
  return [
    ...arrangements.map(({ arrangement: { id, name, published }, capacity }) => {
      const error = Math.max(...published.map((c, i) => Math.abs(c - capacity[i])));
      return atMost(
        {
          id: `figure6-${id}`,
          claim: `Figure 6: the capacities of ${name} are ${fractions(published)} (largest error: ${brief(error)})`,
          source,
        },
        error,
        EXACT,
      );
    }),
    atMost(
      {
        id: 'figure6-efficient',
        claim: `Figure 6: the first three arrangements are efficient (largest relative distance to an efficient matrix: ${brief(farthest)})`,
        source,
      },
      farthest,
      EXACT,
    ),
    ...acute.map(({ distance }) =>
      // Singular values sqrt(1 +- cos 30), and (s_1 + s_2)^2 = 2 + 2 sin 30 = 3: the distance^2 is 2 - 3 / 2, of |W|^2 = 2.
      equal(
        {
          id: 'figure6-acute-distance',
          claim: `Figure 6: two equal vectors at 30 degrees are not efficient; the nearest efficient matrix is ${brief(distance)} of their length away`,
          source: 'Figure 6; docs/theory.md section 4',
          origin: 'polysem',
        },
        0.5,
        distance,
        EXACT,
      ),
    ),
    equal(
      {
        id: 'figure6-shapes',
        claim: `Figure 6: ${named} of ${arrangements.length} arrangements are recognised as the shapes that the paper describes`,
        source,
        origin: 'polysem',
      },
      arrangements.length,
      named,
    ),
  ];
}

/** Shapes that section 4.4 names, with features and dimensions. */
const SHAPES = [
  ['antipodal pair', 2, 1],
  ['triangle', 3, 2],
  ['tetrahedron', 4, 3],
  ['pentagon', 5, 2],
  ['tight square antiprism', 8, 3],
] as const;

/** The claim that the vertices of the small blocks of section 4.4 have capacity D / N each. */
export function polytopeClaim(): Unplaced {
  const error = Math.max(
    ...SHAPES.flatMap(([name, features, dims]) =>
      Array.from(measureCapacity(polytope(name)).capacity, (c) => Math.abs(c - dims / features)),
    ),
  );
  return atMost(
    {
      id: 'polytopes',
      claim: `The vertices of an antipodal pair, triangle, tetrahedron, pentagon and square antiprism have capacities 1/2, 2/3, 3/4, 2/5 and 3/8 (largest error: ${brief(error)})`,
      source: 'section 4.4',
    },
    error,
    EXACT,
  );
}

function isAcute({ arrangement }: MeasuredArrangement): boolean {
  return arrangement.id === 'acute-pair';
}

function fractions(values: readonly number[]): string {
  return values
    .map((c) => {
      const below = [1, 2, 3, 7].find((d) => Math.abs(c * d - Math.round(c * d)) < 1e-9);
      return below === undefined || below === 1 ? String(c) : `${Math.round(c * below)}/${below}`;
    })
    .join(', ');
}
