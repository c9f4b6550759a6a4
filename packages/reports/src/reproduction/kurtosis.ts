import { formatNumber } from '@polysem/figures';
import {
  kurtosisAndDensity,
  kurtosisAndDensityClaims,
  type SharingWidth,
  type JournalFolder,
} from '@polysem/runs/reproduce';
import { openRowRunner } from '@polysem/runs';
import type { ReportPart } from './section.ts';

/**
 * Separates the effects of kurtosis and density on sharing.
 *
 * @param seed decides all random numbers.
 * @param onProgress called with a label and the fraction done, 0 to 1.
 * @param journals where journals are kept, so that an interrupted run resumes.
 * @returns section, claims and results.
 *
 * @remarks No example: it trains for a minute and keeps journals in a folder.
 */
export async function kurtosisPart(
  seed: number,
  onProgress: (label: string, done: number) => void,
  journals: JournalFolder,
): Promise<ReportPart> {
  const runner = await openRowRunner();
  try {
    const size = { columns: 41, restarts: 6 };
    const result = await kurtosisAndDensity(size, seed, runner, { journals, onProgress });
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
    const claims = kurtosisAndDensityClaims(result);
    const held = claims.filter(({ pass }) => pass).length;
    return {
      found: {
        lead: 'Kurtosis or sparsity?',
        text: `Inputs with other tails separate the two. The paper's quadratic model should depend only on kurtosis; the ReLU autoencoder should share more the sparser its inputs are, and at a fixed small density less with heavier tails. ${held} of ${claims.length} statements about this hold.`,
      },
      sections: [
        {
          id: 'kurtosis',
          heading: 'Kurtosis or density?',
          paragraphs: [
            'With one value distribution, sparser inputs also have a higher kurtosis, so Figure 7 cannot tell which of the two makes networks share dimensions. Distributions with different tails can: active values that are uniform, Gaussian, Student t with 7 degrees of freedom, or Laplace have kurtosis 1.8, 3, 5 and 6. The tables at the end give the range of importance over which each model shares, and the claims of section 3.7 what follows from it.',
          ],
        },
      ],
      tables: [
        table('Kurtosis or density, at fixed density: 6 features in 3 dimensions.', 'atDensity'),
        table('Kurtosis or density, at fixed kurtosis.', 'atKurtosis'),
      ],
      claims,
      results: { kernel: runner.kernel, size, ...result },
    };
  } finally {
    await runner.close();
  }
}

function three(value: number): string {
  return formatNumber(Number(value.toPrecision(3)));
}
