import type { Claim } from '../claim.ts';
import type { Figure7, Figure7PanelResult } from './figure7.ts';

const SOURCE = 'section 3.7, figure 7';

/** Findings of the paper's section 3.7, measured on the computed panels. */
export function figure7Claims({ panels }: Figure7): Claim[] {
  const computation = panels.filter(({ task }) => task === 'computation');
  const compression = panels.filter(({ task }) => task === 'compression');
  const threeDims = compression.filter(({ dims }) => dims === 3);
  return [
    ordered(
      'figure7-plateau',
      'Plateau at 1/2: the mean area with 0.47 < C < 0.53 is larger in compression models (measured) than in computation models (expected)',
      mean(computation, plateau),
      mean(compression, plateau),
    ),
    ordered(
      'figure7-narrower',
      'The mean area with 0.1 < C < 0.9 is larger in compression 6 in 3 (measured) than in computation 6 in 3 (expected)',
      mean(computation, shared),
      mean(threeDims, shared),
    ),
    ordered(
      'figure7-ratio-ten',
      'At V >= 10 the partial area is larger in compression 6 in 3 (measured) than in any other model (expected)',
      Math.max(...panels.filter((one) => !threeDims.includes(one)).map(partialFromTen)),
      Math.max(...threeDims.map(partialFromTen)),
    ),
  ];
}

function mean(
  list: readonly Figure7PanelResult[],
  of: (one: Figure7PanelResult) => number,
): number {
  return list.reduce((sum, one) => sum + of(one) / list.length, 0);
}

function plateau({ areas }: Figure7PanelResult): number {
  return areas.plateau;
}

function shared({ areas }: Figure7PanelResult): number {
  return areas.partial + areas.plateau;
}

function partialFromTen({ diagram }: Figure7PanelResult): number {
  const values = diagram.spec.x.values;
  let [partial, all] = [0, 0];
  diagram.capacity.forEach((c, cell) => {
    if (values[cell % values.length] < 10) return;
    all++;
    if (c > 0.1 && c < 0.9) partial++;
  });
  return partial / all;
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
