import { contourLines, phaseNameOf } from '@polysem/engine/phase';
import { phaseDiagramFigure, type PhaseDiagramData } from '@polysem/figures';
import type { Example } from '../example.ts';
import { predicted } from './phase-diagram.ts';

const values = Array.from(predicted.values);
const [rows, columns] = [predicted.y.values.length, predicted.x.values.length];
const data: PhaseDiagramData = {
  x: predicted.x,
  y: predicted.y,
  values,
  colour: predicted.colour,
  phases: values.map(phaseNameOf),
  contours: [0.1, 0.47, 0.53, 0.9].map((level) => ({
    level,
    lines: contourLines(values, rows, columns, level),
    isNamed: true,
  })),
};

export default {
  title: 'Named phases, 6 features in 3 dimensions',
  about:
    'The same capacities as categories, with the contours that bound them and the area of each.',
  draw: (options) => phaseDiagramFigure(data, options),
} satisfies Example;
