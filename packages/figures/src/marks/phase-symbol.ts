import { PHASE_NAMES, PHASES, type Phase } from '../theme/phase.ts';
import { dot, type DotStyle } from './dot.ts';
import type { LegendItem } from './legend.ts';

/** The look of a point of a phase, distinguishable without colour: an open circle, a diamond, a square. */
export function phaseSymbol(phase: Phase, r: number): DotStyle {
  if (phase === 'ignored') return { role: 'ps-open', r: r * 0.9, outline: r * 0.4 };
  const look = { role: `ps-${phase} ps-outline`, outline: 0.8 };
  return phase === 'partial'
    ? { ...look, symbol: 'diamond', r }
    : { ...look, symbol: 'square', r: r * 1.1 };
}

/** Legend entries of the phases that occur. */
export function phaseLegend(occurring: ReadonlySet<Phase>): LegendItem[] {
  return PHASES.filter((phase) => occurring.has(phase)).map((phase) => ({
    label: PHASE_NAMES[phase],
    width: 13,
    sample: dot(0, 0, phaseSymbol(phase, 4.5)),
  }));
}
