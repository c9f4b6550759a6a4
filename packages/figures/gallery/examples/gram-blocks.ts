import { gramHeatMapFigure } from '@polysem/figures';
import type { Example } from '../example.ts';
import { data } from './gram.ts';

const blocks = [
  [0, 7],
  [1, 4],
  [2, 3],
  [5, 6],
].map((features) => ({
  features,
  label: 'antipodal pair',
}));

export default {
  title: 'Gram matrix ordered by block',
  about: 'The same matrix with its features ordered by block: four antipodal pairs.',
  draw: (options) => gramHeatMapFigure({ ...data, blocks }, options),
} satisfies Example;
