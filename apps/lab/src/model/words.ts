import { count, megabytes } from './format.ts';
import type { ModelList, ModelProgress } from './messages.ts';
import type { Model } from './model.svelte.ts';

/** The title of the page. */
export function titleOf({ status, list, matrix, figures }: Model): string {
  if (matrix !== null && (figures !== null || status === 'measuring')) {
    const { features, dims } = figures?.summary ?? matrix;
    return `${count(features)} ${matrix.noun} share ${count(dims)} dimensions`;
  }
  if (status === 'choosing' && list !== null) return heldBy(list);
  return 'How does your model share its dimensions?';
}

/** The matrices of a file, or the question which axis of its only one counts features. */
function heldBy({ name, matrices }: ModelList): string {
  const known = matrices.filter(({ isKnown }) => isKnown).length;
  if (known > 0)
    return `${name} holds ${known === 1 ? 'a known matrix' : `${count(known)} known matrices`}`;
  const tensors = new Set(matrices.map(({ recipe }) => `${recipe.tensor} ${recipe.index}`)).size;
  return tensors === 1
    ? `Are the features of ${name} its rows or its columns?`
    : `${name} holds ${count(tensors)} matrices of unknown layout`;
}

/** Place where the numbers come from. */
export function originOf({ list, place }: Model): string {
  if (list?.measured !== undefined) {
    const { weights, version } = list.measured;
    return `figures of ${weights} by polysem ${version}, not measured again`;
  }
  return place === null || place.kind === 'files' ? 'read here, not uploaded' : 'measured here';
}

/** Figures that a file of `polysem measure --json` lacks. */
export function missingFigures({ figures, list, status, neighbours }: Model): string[] {
  if (figures === null || list?.measured === undefined) return [];
  return [
    'the spectrum',
    ...(figures.capacity.length === 0
      ? ['features one by one, which the JSON lists up to 4096']
      : []),
    ...(figures.references.length < 2 ? ['the comparison with the same spectrum'] : []),
    ...(status === 'done' && neighbours === null ? ['nearest neighbours'] : []),
  ];
}

/** Features that were left out, a few by number. */
export function skippedText(skipped: readonly number[]): string {
  const few = skipped.slice(0, 6).map((feature) => `#${feature}`);
  const names = [...few, ...(skipped.length > few.length ? ['..'] : [])].join(', ');
  return skipped.length === 1
    ? `1 feature is left out because it holds NaN or infinity: ${names}`
    : `${count(skipped.length)} features are left out because they hold NaN or infinity: ${names}`;
}

/** Work in progress. */
export function stageText(progress: ModelProgress | null): string {
  if (progress === null) return 'Reading the file';
  const { stage, done, total } = progress;
  const read = `${megabytes(done)} of ${megabytes(total)}`;
  if (stage === 'neighbours') return `Nearest neighbours: ${Math.round((100 * done) / total)} %`;
  if (stage === 'mean') return `Mean vector: ${read}`;
  if (stage === 'sample') return 'Precision: a sample of features';
  if (stage === 'frame') return `First pass: ${read}`;
  if (stage === 'features') return `Second pass: ${read}`;
  if (stage === 'spectrum' || stage === 'refinement') return 'Eigenvectors of the frame operator';
  return `Measuring ${megabytes(total)}`;
}
