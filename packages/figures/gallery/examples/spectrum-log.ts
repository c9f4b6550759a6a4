import { spectrumFigure, type SpectrumData } from '@polysem/figures';
import type { Example } from '../example.ts';

const data: SpectrumData = {
  eigenvalues: Array.from({ length: 60 }, (_, i) => (i < 54 ? 400 / ((i + 1) * (i + 2)) : 0)),
  scale: 'log',
};

export default {
  title: 'Spectrum of a token embedding',
  about: 'A long spectrum on a log scale; eigenvalues of zero stand on the floor.',
  draw: (options) => spectrumFigure(data, options),
} satisfies Example;
