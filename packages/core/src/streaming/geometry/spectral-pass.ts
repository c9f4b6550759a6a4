import type { FeatureSource } from '../../embedding/feature-source.ts';
import { groupEigenvalues, type FrameSpectrum } from '../../geometry/frame-spectrum.ts';
import { noSpectralFigures, type SpectralFigures } from '../../geometry/spectral-figures.ts';
import type { SpectralMeasures } from '../../geometry/spectral-measure.ts';
import { onEveryWorker, type StreamWorkers } from '../workers.ts';
import { allChunks } from '../frame-pass.ts';
import { shareChunks } from '../share-chunks.ts';
import type { StreamHooks, StreamSpectrum } from '../stream-measurement.ts';

/** `spectralMeasures` without weights, for features that are read in chunks, in the given eigenvectors. */
export async function streamSpectral(
  source: FeatureSource,
  { dims, rank, eigenvalues, vectors, scale }: StreamSpectrum,
  spread: number,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<SpectralMeasures> {
  const { features } = source;
  const eigenspaces = groupEigenvalues(eigenvalues, spread);
  const spectrum: FrameSpectrum = {
    dims,
    rank,
    eigenvalues: eigenvalues.map((lambda) => lambda / scale / scale),
    vectors,
    eigenspaces: eigenspaces.map((space) => ({
      ...space,
      eigenvalue: space.eigenvalue / scale / scale,
    })),
  };
  const figures = noSpectralFigures(features);
  const all = { spectrum, features, weights: null, ...figures };
  if (rank === 0) return all;
  const order = { dims, rank, vectors, eigenvalues, eigenspaces, scale };
  await onEveryWorker(workers, (worker) => workers.ask(worker, 'openSpectral', order));
  await shareChunks(
    {
      source,
      chunks: allChunks(source),
      stage: 'spectral',
      task: 'spectral',
      inputOf: (chunk, count) => ({ chunk, count }),
    },
    workers,
    hooks,
    (found, first) => {
      for (const key of Object.keys(found) as (keyof SpectralFigures)[])
        figures[key].set(found[key], first);
    },
  );
  return all;
}
