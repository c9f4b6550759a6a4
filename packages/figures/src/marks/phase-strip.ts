import { drawMarks, pixelPlot, type Mark } from '../plot/plot.ts';
import type { Phase } from '../theme/phase.ts';
import { dot } from './dot.ts';
import { phaseSymbol } from './phase-symbol.ts';
import { rect } from './rect.ts';

/** Minimum pixels per feature for a symbol each. */
const SYMBOL_PITCH = 11;
/** Minimum pixels of a run of equal phases for a symbol. */
const SYMBOL_RUN = 12;

/**
 * The phases of a row of features as symbols along the middle of the plot, whose x axis counts features. If features are
 * too narrow for a symbol each, runs of equal phases have a coloured stripe with one symbol.
 *
 * @param phases by feature; undefined for a feature without a value
 */
export function phaseStrip(phases: readonly (Phase | undefined)[]): Mark {
  return ({ area, x }) => {
    const pitch = area.width / phases.length;
    const middle = area.y + area.height / 2;
    const marks =
      pitch >= SYMBOL_PITCH
        ? runsOf(phases, 1).map(({ from, phase }) => {
            return dot(x.position(from), middle, phaseSymbol(phase, 3.6));
          })
        : runsOf(phases, Infinity).flatMap(({ from, to, phase }) => {
            const [x1, x2] = [x.position(from) - pitch / 2, x.position(to) + pitch / 2];
            const stripe = rect(
              { x1, x2, y1: middle - 4, y2: middle - 1.5 },
              { role: `ps-${phase}` },
            );
            const symbol = dot((x1 + x2) / 2, middle + 4, phaseSymbol(phase, 3.2));
            return x2 - x1 >= SYMBOL_RUN ? [stripe, symbol] : [stripe];
          });
    return drawMarks(pixelPlot(area), marks);
  };
}

interface Run {
  readonly from: number;
  /** The last feature of the run. */
  to: number;
  readonly phase: Phase;
}

/** Runs of neighbours of one phase, of at most `longest` features. */
function runsOf(phases: readonly (Phase | undefined)[], longest: number): Run[] {
  const runs: Run[] = [];
  phases.forEach((phase, i) => {
    if (phase === undefined) return;
    const last = runs.at(-1);
    const isSame = last?.phase === phase && last.to === i - 1 && i - last.from < longest;
    if (isSame) last.to = i;
    else runs.push({ from: i, to: i, phase });
  });
  return runs;
}
