/* oxlint-disable no-await-in-loop -- all workers sum one group at a time */
import type { FeatureSource } from '../../embedding/feature-source.ts';
import type { ComponentSingular } from '../../geometry/efficient-figures.ts';
import { leftSingular } from '../../embedding/singular.ts';
import type { StreamWorkers } from '../workers.ts';
import { spectrumOf } from '../spectrum-pass.ts';
import type { StreamHooks, StreamProgress } from '../stream-measurement.ts';
import { fitsTogether, forEachGroup, selectedSource } from './selected-features.ts';

/** Multiply-adds from which a group is divided among workers. */
const WORTH = 2 ** 28;

/**
 * Singular values and left singular vectors of groups of features. Small groups are read together, as many per pass as fit
 * in memory; a large group is read in chunks, and the workers sum its frame operator.
 *
 * @param take gets each group, in any order. The vectors are not kept here.
 */
export async function groupSpectra(
  source: FeatureSource,
  groups: readonly (readonly number[])[],
  workers: StreamWorkers,
  hooks: StreamHooks,
  take: (group: number, found: ComponentSingular) => void,
): Promise<void> {
  const { dims } = source;
  const quiet: StreamHooks = { signal: hooks.signal };
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  let done = 0;
  const tell = (group: number, found: ComponentSingular): void => {
    take(group, found);
    done += groups[group].length;
    hooks.onProgress?.({ stage: 'blocks', done, total });
  };
  const isSmall = ({ length }: readonly number[]): boolean =>
    fitsTogether(length, dims) && length * dims * Math.min(dims, length) <= WORTH;
  const small = Array.from(groups.keys()).filter((g) => isSmall(groups[g]));
  await forEachGroup(
    source,
    small.map((g) => groups[g]),
    quiet,
    (at, w) => tell(small[at], leftSingular(w)),
  );
  for (const [g, group] of groups.entries()) {
    if (isSmall(group)) continue;
    const own = selectedSource(source, group);
    const options = {
      signal: hooks.signal,
      onProgress: (step: StreamProgress) => {
        const part = (group.length * step.done) / step.total;
        if (step.stage === 'frame')
          hooks.onProgress?.({ stage: 'blocks', done: done + part, total });
      },
      precision: sumPrecision(source),
    };
    const { eigenvalues, vectors, scale } = await spectrumOf(own, options, workers);
    tell(g, { values: eigenvalues.map((lambda) => Math.sqrt(lambda) / scale), vectors });
  }
}

/** Precision of S: float64 data may be efficient to more digits than float32 products resolve. */
export function sumPrecision({ precision }: FeatureSource): 'auto' | 'float64' {
  return precision === 'float64' ? 'float64' : 'auto';
}
