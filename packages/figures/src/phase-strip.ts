import { phaseSymbol, type Phase } from './phase.ts';
import { element, fragment, type Markup } from './svg.ts';

/**
 * The phases of a row of features as symbols; where there is no room for one a feature, a coloured
 * stripe with one symbol for each run of one phase.
 *
 * @param phases undefined where a feature has no value
 * @param at the middle of a feature in pixels
 * @param pitch pixels from one feature to the next
 */
export function phaseStrip(
  phases: readonly (Phase | undefined)[],
  at: (i: number) => number,
  pitch: number,
  y: number,
): Markup {
  if (pitch >= 11) {
    return fragment(
      ...phases.map((phase, i) =>
        phase === undefined ? fragment() : phaseSymbol(phase, at(i), y, 3.6),
      ),
    );
  }
  const pieces: Markup[] = [];
  for (let from = 0; from < phases.length;) {
    const phase = phases[from];
    let to = from;
    while (to + 1 < phases.length && phases[to + 1] === phase) to++;
    const [x, end] = [at(from) - pitch / 2, at(to) + pitch / 2];
    if (phase !== undefined) {
      const stripe = { class: `ps-${phase}`, x, y: y - 4, width: end - x, height: 2.5 };
      pieces.push(element('rect', stripe));
      if (end - x >= 12) pieces.push(phaseSymbol(phase, (x + end) / 2, y + 4, 3.2));
    }
    from = to + 1;
  }
  return fragment(...pieces);
}
