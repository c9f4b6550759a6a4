import { atMost, equal, type Claim } from '../claim.ts';
import type { Figure5 } from './figure5.ts';
import type { MeasuredArrangement } from './figure6.ts';

/** Tolerance for rounding: the examples are closed forms with few operations. */
const EXACT = 1e-12;

/** Claims about Figure 5: the two blocks hidden in a 3 x 5 matrix are found. */
export function figure5Claims({ planted, found, form }: Figure5): Claim[] {
  const source = 'arXiv:2210.01892, Figure 5';
  const names = found.components.map(({ features }) => features.join());
  return [
    equal(
      {
        id: 'figure5-blocks',
        claim:
          'Two blocks hidden in a 3 x 5 matrix, 2 features in 1 dimension and 3 in 2: blocks found',
        source,
      },
      2,
      names.length === 2
        ? planted.blocks.filter((block) => names.includes(block.join())).length
        : 0,
      0,
    ),
    atMost(
      {
        id: 'figure5-form',
        claim: 'The same matrix written as Q B P: relative error',
        source,
      },
      form.relativeError,
      EXACT,
    ),
  ];
}

/** Claims about Figure 6: capacities, efficiency and shapes of the paper's examples. */
export function figure6Claims(arrangements: readonly MeasuredArrangement[]): Claim[] {
  const source = 'arXiv:2210.01892, Figure 6';
  const acute = arrangements.filter(isAcute);
  return [
    ...arrangements.map(({ arrangement: { id, name, published }, capacity }) =>
      atMost(
        {
          id: `figure6-${id}`,
          claim: `Capacities of ${name}, ${fractions(published)}: largest error`,
          source,
        },
        Math.max(...published.map((c, i) => Math.abs(c - capacity[i]))),
        EXACT,
      ),
    ),
    atMost(
      {
        id: 'figure6-efficient',
        claim:
          'All arrangements but the last are efficient: largest relative distance to an efficient matrix',
        source,
      },
      Math.max(...arrangements.filter((one) => !isAcute(one)).map(({ distance }) => distance)),
      EXACT,
    ),
    ...acute.map(({ distance }) =>
      // Singular values sqrt(1 +- cos 30), and (s_1 + s_2)^2 = 2 + 2 sin 30 = 3: the distance^2 is 2 - 3 / 2, of |W|^2 = 2.
      equal(
        {
          id: 'figure6-acute-distance',
          claim:
            'The last arrangement is not: relative distance to the nearest efficient matrix of rank 2',
          source: 'polysem',
        },
        0.5,
        distance,
        EXACT,
      ),
    ),
    equal(
      {
        id: 'figure6-shapes',
        claim: 'Arrangements of Figure 6 whose shapes are recognised as described in the paper',
        source,
      },
      arrangements.length,
      arrangements.filter(({ shape, arrangement }) => shape.name === arrangement.expectedShape)
        .length,
      0,
    ),
  ];
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
