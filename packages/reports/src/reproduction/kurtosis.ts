import { formatNumber } from '@polysem/figures';
import {
  kurtosisAndDensity,
  kurtosisAndDensityClaims,
  openSweeper,
  type SharingWidth,
} from '@polysem/runs';
import type { ReportPart } from './section.ts';

/** Kurtosis apart from density: which of them makes models share. */
export async function kurtosisPart(
  seed: number,
  onProgress: (label: string, done: number) => void,
  folder: string,
): Promise<ReportPart> {
  const sweeper = await openSweeper();
  try {
    const size = { columns: 41, restarts: 6 };
    const result = await kurtosisAndDensity(size, seed, sweeper, { folder, onProgress });
    const rows = (list: readonly SharingWidth[], name: string) =>
      list.map(({ shape, density, kurtosis, width }) => [
        name,
        shape,
        three(density),
        three(kurtosis),
        three(width),
      ]);
    const table = (caption: string, kind: 'atDensity' | 'atKurtosis') => ({
      caption,
      columns: ['model', 'inputs', 'density', 'kurtosis', 'decades of V with 0.1 < C < 0.9'],
      rows: result.models.flatMap((model) => rows(model[kind], model.name)),
    });
    return {
      section: {
        id: 'kurtosis',
        heading: 'Kurtosis apart from density',
        paragraphs: [
          'Sparse inputs of one shape become more kurtotic as they become rarer, so that Figure 7 cannot tell which of the two makes networks share. Shapes of other tails can: uniform, gaussian, Student t with 7 degrees of freedom and laplace inputs have kurtosis 1.8, 3, 5 and 6 where they are active.',
          'The quadratic model sees kurtosis alone. The ReLU autoencoder does the opposite: at one kurtosis it shares the more the rarer its inputs are, and at one small density heavier tails make it share less.',
        ],
        tables: [
          table('At fixed density: 6 features in 3 dimensions.', 'atDensity'),
          table('At fixed kurtosis.', 'atKurtosis'),
        ],
      },
      claims: kurtosisAndDensityClaims(result),
      results: { kernel: sweeper.kernel, size, ...result },
    };
  } finally {
    await sweeper.close();
  }
}

function three(value: number): string {
  return formatNumber(Number(value.toPrecision(3)));
}
