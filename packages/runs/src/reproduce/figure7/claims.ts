import { variedCapacity } from '@polysem/core/theory';
import { FULL_ABOVE, IGNORED_BELOW, isOfPanel, publishedCrossings } from '@polysem/engine/phase';
import { atMost, brief, equal, inSection, moreThan, type Claim, type Unplaced } from '../claim.ts';
import { isDecided, uniformKurtosis } from '../uniform-kurtosis.ts';
import { lastBelow } from '../last-below.ts';
import { paperSections } from '../paper-sections.ts';
import { AGREES_WITHIN, decadesApart, summariseAgreement } from './agreement.ts';
import type { Figure7 } from './figure7.ts';
import type { Figure7PanelResult } from './panel-result.ts';

const SOURCE = 'section 3.7, Figure 7';

/** Cells along each axis from which a claim about areas of panels can be judged. */
const COARSE_CELLS = 16;
/** Cells from which the small areas at V >= 10 can be judged: coarser grids have no cell in them. */
const FINE_CELLS = 48;
/** Importances per row from which crossings can be compared with the published ones: 0.125 decades apart. */
const CROSSING_COLUMNS = 33;

/**
 * Claims of section 3.7 of the paper and about the critical point, measured on the computed panels. Claims that the size
 * of the panels cannot decide are left out; {@link unjudgedFigure7} names them.
 *
 * @param figure from `figure7`.
 * @returns the claims.
 *
 * @remarks No example: its argument, {@link figure7}, trains for minutes.
 */
export function figure7Claims({ panels }: Figure7): Claim[] {
  const { cells, columns } = sizeOf(panels);
  const theory = panels.find(({ diagram }) => diagram.predicted !== null);
  return inSection(paperSections.architectures, [
    ...(columns >= CROSSING_COLUMNS ? [agreementClaim(panels)] : []),
    ...(theory === undefined ? [] : [publishedClaim(theory), ...criticalClaims(theory)]),
    ...(cells >= COARSE_CELLS ? areaClaims(panels) : []),
    ...(cells >= FINE_CELLS ? [ratioClaim(panels)] : []),
  ]);
}

/**
 * Names the statements about Figure 7 that need finer panels, in words.
 *
 * @param figure from `figure7`.
 * @returns one phrase per group of claims, with the size that they need.
 *
 * @remarks No example: its argument, {@link figure7}, trains for minutes.
 */
export function unjudgedFigure7({ panels }: Figure7): string[] {
  const { cells, columns } = sizeOf(panels);
  return [
    ...(columns < CROSSING_COLUMNS
      ? [`agreement with the published crossings (needs ${CROSSING_COLUMNS} importances per row)`]
      : []),
    ...(cells < COARSE_CELLS
      ? [
          `the shape of the panels and the areas that are shared (needs ${COARSE_CELLS} x ${COARSE_CELLS} cells)`,
        ]
      : []),
    ...(cells < FINE_CELLS
      ? [`which models still share at V of 10 and more (needs ${FINE_CELLS} x ${FINE_CELLS} cells)`]
      : []),
  ];
}

function sizeOf([{ diagram, comparedColumns }]: readonly Figure7PanelResult[]) {
  return { cells: diagram.spec.x.values.length, columns: comparedColumns };
}

function agreementClaim(panels: readonly Figure7PanelResult[]): Unplaced {
  const base = panels.flatMap(({ conventions }) => conventions[0].agreement);
  const { agree, crossings } = summariseAgreement(base);
  return moreThan(
    {
      id: 'figure7-agreement',
      claim: `Figure 7: ${agree} of ${crossings} crossings of C = 0.1 and 0.9 are within ${AGREES_WITHIN} decades of the published panels, in rows that are not visibly noisy`,
      source: SOURCE,
    },
    0.8,
    agree / crossings,
  );
}

/** The claim that the published panel of the quadratic model is where the closed form puts it. */
function publishedClaim(panel: Figure7PanelResult): Unplaced {
  const farthest = Math.max(
    ...publishedCrossings
      .filter((one) => isOfPanel(one, panel))
      .flatMap(({ density, ignoredUpTo, fullFrom }) => [
        decadesApart({ value: predictedCrossing(panel, density, 0.1) }, ignoredUpTo),
        decadesApart({ value: predictedCrossing(panel, density, 0.9) }, fullFrom),
      ])
      .map(Math.abs),
  );
  return atMost(
    {
      id: 'figure7-published-theory',
      claim: `Figure 7: the closed form alone, without training, is within ${brief(farthest)} decades of every crossing of the published panel of quadratic computation`,
      source: SOURCE,
      origin: 'polysem',
    },
    farthest,
    AGREES_WITHIN,
  );
}

/** V at which the closed form reaches a capacity, by bisection. */
function predictedCrossing(
  { features, dims }: Figure7PanelResult,
  density: number,
  level: number,
): number {
  const kurtosis = uniformKurtosis(density);
  return lastBelow(
    [1e-4, 1e4],
    (v) => (variedCapacity({ features, dims, kurtosis }, v) ?? 1) < level,
  );
}

// Long because it lists five claims, one after the other.
function areaClaims(panels: readonly Figure7PanelResult[]): Unplaced[] {
  const computation = panels.filter(({ task }) => task === 'computation');
  const compression = panels.filter(({ task }) => task === 'compression');
  const threeDims = panels.filter(isCompressed);
  const rising = Math.min(...panels.map(risingRows));
  const sparser = Math.min(
    ...[...computation, ...threeDims].map((one) => sharedAt(one, 0, 0.03) - sharedAt(one, 0.3, 1)),
  );
  const plateaus = [computation, threeDims].map((list) => list.map(({ areas }) => areas.plateau));
  const shares = [computation, compression].map((list) => list.map(plateauShare));
  const areas = [computation, threeDims].map((list) => mean(list, sharedArea));
  const source = SOURCE;
  return [
    moreThan(
      {
        id: 'figure7-shape',
        claim: `Figure 7: all panels have the same general shape: in each of the nine, C rises by at least 0.4 from V = 0.01 to 100 at ${percent(rising)} of densities or more`,
        source,
      },
      0.5,
      rising,
    ),
    moreThan(
      {
        id: 'figure7-sparser',
        claim: `Figure 7: with 6 features in 3 dimensions every model shares more when features are rare: the shared area grows by at least ${percent(sparser)} from p > 0.3 to p <= 0.03`,
        source,
      },
      0,
      sparser,
    ),
    moreThan(
      {
        id: 'figure7-plateau',
        claim: `Figure 7: compression models, 6 in 3, have a plateau at C = 1/2 (at least ${percent(Math.min(...plateaus[1]))} of the cells), computation models hardly one (at most ${percent(Math.max(...plateaus[0]))})`,
        source,
      },
      Math.max(...plateaus[0]),
      Math.min(...plateaus[1]),
    ),
    moreThan(
      {
        id: 'figure7-smooth',
        claim: `Figure 7: computation models change smoothly: the plateau is at most ${percent(Math.max(...shares[0]))} of what they share, and at least ${percent(Math.min(...shares[1]))} in compression models`,
        source,
      },
      Math.max(...shares[0]),
      Math.min(...shares[1]),
    ),
    moreThan(
      {
        id: 'figure7-narrower',
        claim: `Figure 7: compression models, 6 in 3, share over a larger area than computation models (on average ${percent(areas[1])} of the cells against ${percent(areas[0])})`,
        source,
      },
      areas[0],
      areas[1],
    ),
  ];
}

const isCompressed = ({ task, dims }: Figure7PanelResult): boolean =>
  task === 'compression' && dims === 3;

function ratioClaim(panels: readonly Figure7PanelResult[]): Unplaced {
  const most = Math.max(...panels.filter((one) => !isCompressed(one)).map(partialFromTen));
  const least = Math.min(...panels.filter(isCompressed).map(partialFromTen));
  return moreThan(
    {
      id: 'figure7-ratio-ten',
      claim: `Figure 7: only compression models, 6 in 3, still share much at V of 10 and more: at least ${percent(least)} of the cells there, against at most ${percent(most)} in every other model`,
      source: SOURCE,
    },
    most,
    least,
  );
}

function percent(share: number): string {
  return `${brief(100 * share)} %`;
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
function criticalClaims(panel: Figure7PanelResult): Unplaced[] {
  const { diagram } = panel;
  const columns = diagram.spec.x.values.length;
  const firstShared = (capacity: Float64Array): number =>
    Math.max(
      ...diagram.spec.y.values.filter((_, row) =>
        capacity.subarray(row * columns, (row + 1) * columns).some(isShared),
      ),
    );
  const predicted = diagram.predicted ?? new Float64Array(0);
  const [expected, measured] = [predicted, diagram.capacity].map(firstShared);
  const differences = diagram.capacity
    .map((c, cell) => Math.abs(c - predicted[cell]))
    .filter((_, cell) =>
      isDecided(
        diagram.spec.x.values[cell % columns],
        diagram.spec.y.values[Math.floor(cell / columns)],
      ),
    );
  const apart = Math.max(...differences);
  const below = rowsOf(panel)
    .filter(({ density }) => density > 0.6)
    .flatMap(({ capacity }) => Array.from(capacity).filter(isShared)).length;
  const source = 'sections 3.4 and 3.7';
  return [
    atMost(
      {
        id: 'figure7-theory',
        claim: `Figure 7: quadratic computation, trained for this figure, is within ${brief(apart)} of the closed form in all ${differences.length} cells`,
        source,
      },
      apart,
      0.01,
    ),
    equal(
      {
        id: 'figure7-critical',
        claim: `Figure 7: in quadratic computation sharing begins at density ${brief(measured)} of this grid, as in the closed form`,
        source,
      },
      expected,
      measured,
    ),
    equal(
      {
        id: 'figure7-below-critical',
        claim: `Figure 7: in quadratic computation ${below} cells share below the critical kurtosis (p > 0.6)`,
        source,
      },
      0,
      below,
    ),
  ];
}
