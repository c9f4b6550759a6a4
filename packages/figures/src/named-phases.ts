import type { PhaseName } from '@polysem/engine/phase';
import { formatNumber } from './format.ts';
import { plotFrame, type Box } from './layout.ts';
import { drawLegend, type LegendItem } from './legend.ts';
import { element, fragment, type Markup } from './svg.ts';

/** The named phases in the order of keys. */
export const NAMED_PHASES: readonly PhaseName[] = ['ignored', 'partial', 'plateau', 'full'];

const LEGEND_NAMES: Readonly<Record<PhaseName, string>> = {
  ignored: 'ignored',
  partial: 'partial',
  plateau: 'plateau at 1/2',
  full: 'full',
};

const STRIPE = 10;
const GAP = 4;

/** The class of the style sheet that fills a phase. */
export function phaseRole(phase: PhaseName): string {
  return `ps-${phase}`;
}

/**
 * The key of a map of named phases: a stripe divided by the area of each phase, and below it their
 * colours, names and areas. Phases without area are left out.
 */
export function drawPhaseKey(
  phases: readonly (PhaseName | null)[],
  { x, y, width }: Omit<Box, 'height'>,
): { markup: Markup; height: number } {
  const known = phases.filter((phase) => phase !== null);
  const counts = NAMED_PHASES.map((name) => known.filter((phase) => phase === name).length);
  let at = x;
  const stripes = counts.map((count, k) => {
    const length = known.length === 0 ? 0 : (count / known.length) * width;
    const stripe = { class: phaseRole(NAMED_PHASES[k]), x: at, y, width: length, height: STRIPE };
    at += length;
    return length === 0
      ? fragment()
      : element('rect', { ...stripe, 'shape-rendering': 'crispEdges' });
  });
  const items = NAMED_PHASES.flatMap((name, k): LegendItem[] =>
    counts[k] === 0
      ? []
      : [
          {
            label: `${LEGEND_NAMES[name]} ${percent(counts[k] / known.length)}`,
            width: 14,
            sample: (cx, cy) =>
              element('rect', {
                class: `${phaseRole(name)} ps-edge`,
                'stroke-width': 0.6,
                x: cx - 7,
                y: cy - 6,
                width: 14,
                height: 12,
              }),
          },
        ],
  );
  const legend = drawLegend(items, x, y + STRIPE + GAP, width);
  const frame = plotFrame({ x, y, width, height: STRIPE });
  return {
    markup: fragment(...stripes, frame, legend.markup),
    height: STRIPE + GAP + legend.height,
  };
}

/** Areas as '23 %', small ones as '0.4 %', so that none reads as nothing. */
function percent(share: number): string {
  const value = share * 100;
  return `${value < 0.1 ? '< 0.1' : formatNumber(value, value >= 1 ? 2 : 1)} %`;
}

/**
 * @throws RangeError if there is not one phase a cell, or one is none of the named phases.
 */
export function checkPhases(phases: readonly (PhaseName | null)[], cells: number): void {
  if (phases.length !== cells) {
    throw new RangeError(
      `phase diagram: phases must be one of ${cells} cells each, got ${phases.length}`,
    );
  }
  phases.forEach((phase, i) => {
    if (phase !== null && !NAMED_PHASES.includes(phase)) {
      throw new RangeError(
        `phase diagram: phases[${i}] must be ${NAMED_PHASES.join(', ')} or null, got ${String(phase)}`,
      );
    }
  });
}
