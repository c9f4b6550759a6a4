import type { LegendItem } from './legend.ts';
import { element, type Markup } from './svg.ts';

/** What becomes of a feature: capacity 0, between 0 and 1, or 1. */
export type Phase = 'ignored' | 'partial' | 'full';

/** The phases in the order of rising capacity. */
export const PHASES: readonly Phase[] = ['ignored', 'partial', 'full'];

/** What legends call the phases. */
export const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  ignored: 'ignored',
  partial: 'partially represented',
  full: 'fully represented',
};

/**
 * The phase a capacity shows, for data that do not say.
 *
 * @param tolerance how far from 0 and from 1 still counts as ignored and as full. Default 1e-3.
 */
export function phaseOfCapacity(capacity: number, tolerance: number = 1e-3): Phase {
  if (capacity <= tolerance) return 'ignored';
  return capacity >= 1 - tolerance ? 'full' : 'partial';
}

/** The symbol of a phase: an open circle, a diamond, a square, told apart without colour. */
export function phaseSymbol(phase: Phase, x: number, y: number, radius: number = 4): Markup {
  if (phase === 'ignored') {
    return element('circle', {
      class: 'ps-open',
      cx: x,
      cy: y,
      r: radius * 0.9,
      'stroke-width': radius * 0.4,
    });
  }
  const r = phase === 'partial' ? radius * 1.3 : radius;
  return element(phase === 'partial' ? 'polygon' : 'rect', {
    class: `ps-${phase} ps-outline`,
    'stroke-width': 0.8,
    ...(phase === 'partial'
      ? {
          points: [
            [x, y - r],
            [x + r, y],
            [x, y + r],
            [x - r, y],
          ]
            .map((point) => point.map((v) => v.toFixed(1)).join(','))
            .join(' '),
        }
      : { x: x - r, y: y - r, width: 2 * r, height: 2 * r }),
  });
}

/** Legend entries for the phases that occur. */
export function phaseLegend(occurring: ReadonlySet<Phase>): LegendItem[] {
  return PHASES.filter((phase) => occurring.has(phase)).map((phase) => ({
    label: PHASE_NAMES[phase],
    width: 13,
    sample: (x, y) => phaseSymbol(phase, x, y, 4.5),
  }));
}
