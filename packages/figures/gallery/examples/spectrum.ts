import { spectrumFigure, type SpectrumData } from '@polysem/figures';
import type { Example } from '../example.ts';

const data: SpectrumData = {
  eigenvalues: [3.02, 3, 2.01, 2, 2, 1.5, 1.49, 1, 0.12, 0.05],
  blockOf: [0, 0, 1, 2, 2, 3, 3, 4, null, null],
  blockNames: ['triangle', 'antipodal pair', 'square', 'pentagon', 'single'],
  gammas: [
    { value: 3.01, block: 0 },
    { value: 2.01, block: 1 },
    { value: 2, block: 2 },
    { value: 1.495, block: 3 },
  ],
  nullModel: {
    label: 'Marchenko-Pastur',
    eigenvalues: [4.1, 3.3, 2.7, 2.2, 1.75, 1.4, 1.05, 0.75, 0.5, 0.25],
    low: [3.6, 2.9, 2.4, 1.95, 1.55, 1.2, 0.88, 0.6, 0.36, 0.14],
    high: [4.7, 3.7, 3, 2.45, 2, 1.6, 1.25, 0.93, 0.65, 0.39],
  },
};

export default {
  title: 'Spectrum of the frame operator S',
  about: 'Eigenvalues by rank, marked by block, beside the range of a null model.',
  draw: (options) => spectrumFigure(data, options),
} satisfies Example;
