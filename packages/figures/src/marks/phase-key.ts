import type { PhaseName } from '@polysem/engine/phase';
import type { Box } from '../plot/box.ts';
import { drawMarks, pixelPlot, type Mark } from '../plot/plot.ts';
import { formatNumber } from '../svg/format.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import { frame } from './frame.ts';
import { drawLegend, type LegendItem } from './legend.ts';
import { fill, rect } from './rect.ts';

/** The named phases in the order of the key. */
const NAMED_PHASES: readonly PhaseName[] = ['ignored', 'partial', 'plateau', 'full'];

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
 * The key of a map of named phases: a stripe divided by the area of each phase, and their colours,
 * names and areas below it. Phases that do not occur are left out.
 */
export function drawPhaseKey(
  phases: readonly (PhaseName | null)[],
  { x, y, width }: Omit<Box, 'height'>,
): { markup: Markup; height: number } {
  const known = phases.filter((phase) => phase !== null);
  const counts = NAMED_PHASES.map((name) => ({
    name,
    count: known.filter((phase) => phase === name).length,
  })).filter(({ count }) => count > 0);
  let at = x;
  const stripes = counts.map(({ name, count }): Mark => {
    const from = at;
    at += (count / known.length) * width;
    const sides = { x1: from, x2: at, y1: y, y2: y + STRIPE };
    return rect(sides, { role: phaseRole(name), isCrisp: true });
  });
  const items = counts.map(({ name, count }): LegendItem => ({
    label: `${LEGEND_NAMES[name]} ${percent(count / known.length)}`,
    width: 14,
    sample: fill({ role: `${phaseRole(name)} ps-edge`, outline: 0.6 }),
  }));
  const legend = drawLegend(items, { x, y: y + STRIPE + GAP, width });
  return {
    markup: fragment(
      drawMarks(pixelPlot({ x, y, width, height: STRIPE }), stripes, frame()),
      legend.markup,
    ),
    height: STRIPE + GAP + legend.height,
  };
}

/** A fraction as '23 %'. Small fractions have a decimal and are never shown as 0. */
function percent(fraction: number): string {
  const value = fraction * 100;
  return `${value < 0.1 ? '< 0.1' : formatNumber(value, value >= 1 ? 2 : 1)} %`;
}

/**
 * Checks the phases of the cells of a diagram.
 *
 * @throws RangeError if there is not one phase per cell, or a phase is unknown.
 */
export function checkPhases(phases: readonly (PhaseName | null)[], cells: number): void {
  if (phases.length !== cells) {
    throw new RangeError(
      `phase diagram: phases must have one entry for each of ${cells} cells, got ${phases.length}`,
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
