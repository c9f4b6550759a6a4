import { FULL_ABOVE, IGNORED_BELOW } from '@polysem/engine/phase';
import { equal, type Claim } from '../claim.ts';
import { AGREES_WITHIN, summariseAgreement } from './agreement.ts';
import type { Figure7 } from './figure7.ts';
import type { Figure7PanelResult } from './panel-result.ts';

const SOURCE = 'section 3.7, figure 7';

/**
 * Claims of section 3.7 of the paper and about the critical point, measured on the computed panels.
 *
 * @param figure from `figure7`.
 * @returns the claims.
 *
 * @remarks No example: its argument, {@link figure7}, trains for minutes.
 */
export function figure7Claims({ panels }: Figure7): Claim[] {
  const computation = panels.filter(({ task }) => task === 'computation');
  const compression = panels.filter(({ task }) => task === 'compression');
  const threeDims = compression.filter(({ dims }) => dims === 3);
  const sixInThree = [...computation, ...threeDims];
  const others = panels.filter((one) => !threeDims.includes(one));
  const base = panels.flatMap(({ conventions }) => conventions[0].agreement);
  const { agree, crossings } = summariseAgreement(base);
  return [
    ordered(
      'figure7-agreement',
      `Fraction of crossings of C = 0.1 and 0.9 that are within ${AGREES_WITHIN} decades of the published ones, in rows not marked noisy, under the conventions of the figures (measured), exceeds 80 % (expected)`,
      0.8,
      agree / crossings,
    ),
    ordered(
      'figure7-shape',
      'Same general shape: in every panel C rises by at least 0.4 from V = 0.01 to 100 at most densities; smallest fraction of such densities over panels (measured) exceeds 1/2 (expected)',
      0.5,
      Math.min(...panels.map(risingRows)),
    ),
    ordered(
      'figure7-sparser',
      'Same general shape: in every panel with 6 features in 3 dimensions, the area with 0.1 < C < 0.9 is larger at p <= 0.03 than at p > 0.3; smallest difference (measured) exceeds 0 (expected)',
      0,
      Math.min(...sixInThree.map((one) => sharedAt(one, 0, 0.03) - sharedAt(one, 0.3, 1))),
    ),
    ordered(
      'figure7-plateau',
      'Plateau at 1/2: the smallest area with 0.47 < C < 0.53 among compression models, 6 in 3 (measured), exceeds the largest among computation models (expected)',
      Math.max(...computation.map(({ areas }) => areas.plateau)),
      Math.min(...threeDims.map(({ areas }) => areas.plateau)),
    ),
    ordered(
      'figure7-smooth',
      'Smooth change: the plateau takes up a smaller share of the area with 0.1 < C < 0.9 in computation models (largest share: expected) than in compression models (smallest share: measured)',
      Math.max(...computation.map(plateauShare)),
      Math.min(...compression.map(plateauShare)),
    ),
    ordered(
      'figure7-narrower',
      'The mean area with 0.1 < C < 0.9 is larger for compression, 6 in 3 (measured), than for computation, 6 in 3 (expected)',
      mean(computation, sharedArea),
      mean(threeDims, sharedArea),
    ),
    ordered(
      'figure7-ratio-ten',
      'At V >= 10 the smallest area with 0.1 < C < 0.9 among compression models, 6 in 3 (measured), exceeds that of every other model (expected)',
      Math.max(...others.map(partialFromTen)),
      Math.min(...threeDims.map(partialFromTen)),
    ),
    ...panels
      .filter(({ task, activation }) => task === 'computation' && activation === 'quadratic')
      .flatMap(criticalClaims),
  ];
}

function mean(
  list: readonly Figure7PanelResult[],
  of: (one: Figure7PanelResult) => number,
): number {
  return list.reduce((sum, one) => sum + of(one) / list.length, 0);
}

function rowsOf({ diagram }: Figure7PanelResult): { density: number; capacity: Float64Array }[] {
  const { x, y } = diagram.spec;
  const columns = x.values.length;
  return y.values.map((density, row) => ({
    density,
    capacity: diagram.capacity.subarray(row * columns, (row + 1) * columns),
  }));
}

const isShared = (c: number): boolean => c > IGNORED_BELOW && c < FULL_ABOVE;

function risingRows(panel: Figure7PanelResult): number {
  const rows = rowsOf(panel);
  const rising = rows.filter(({ capacity }) => capacity[capacity.length - 1] - capacity[0] >= 0.4);
  return rising.length / rows.length;
}

/** Fraction of cells with 0.1 < C < 0.9 at densities above `from` and up to `to`. */
function sharedAt(panel: Figure7PanelResult, from: number, to: number): number {
  const cells = rowsOf(panel)
    .filter(({ density }) => density > from && density <= to)
    .flatMap(({ capacity }) => Array.from(capacity));
  return cells.filter(isShared).length / cells.length;
}

function sharedArea({ areas }: Figure7PanelResult): number {
  return areas.partial + areas.plateau;
}

function plateauShare({ areas }: Figure7PanelResult): number {
  return areas.plateau / (areas.partial + areas.plateau);
}

function partialFromTen({ diagram }: Figure7PanelResult): number {
  const values = diagram.spec.x.values;
  const cells = Array.from(diagram.capacity).filter(
    (_, cell) => values[cell % values.length] >= 10,
  );
  return cells.filter(isShared).length / cells.length;
}

/**
 * Below the critical kurtosis, 3, C jumps from 0 to 1 as V passes 1; above it, C rises continuously. Uniform inputs have
 * kurtosis 3 at p = 0.6. The closed form gives the largest density of the grid that has a partial cell.
 */
function criticalClaims(panel: Figure7PanelResult): Claim[] {
  const { diagram } = panel;
  if (diagram.predicted === null) return [];
  const columns = diagram.spec.x.values.length;
  const firstShared = (capacity: Float64Array): number =>
    Math.max(
      ...diagram.spec.y.values.filter((_, row) =>
        capacity.subarray(row * columns, (row + 1) * columns).some(isShared),
      ),
    );
  const [predicted, trained] = [diagram.predicted, diagram.capacity].map(firstShared);
  const claim =
    'Critical point k = 3 (p = 0.6), quadratic computation model: largest density with a partial cell, trained (measured) and in closed form (expected)';
  const source = 'sections 3.4 and 3.7';
  return [
    equal({ id: 'figure7-critical', claim, source }, predicted, trained, 0),
    equal(
      {
        id: 'figure7-below-critical',
        claim:
          'Quadratic computation model, below the critical kurtosis (p > 0.6): number of partial cells',
        source,
      },
      0,
      rowsOf(panel)
        .filter(({ density }) => density > 0.6)
        .flatMap(({ capacity }) => Array.from(capacity).filter(isShared)).length,
      0,
    ),
  ];
}

function ordered(id: string, claim: string, less: number, more: number): Claim {
  return {
    id,
    claim,
    source: SOURCE,
    expected: less,
    measured: more,
    tolerance: 0,
    pass: more > less,
  };
}
