import { FormatError } from '@polysem/io/bytes';
import {
  decoderDoubt,
  openFeatures,
  openFiniteFeatures,
  type FeatureMatrix,
  type FiniteFeatures,
} from '@polysem/io/layouts';
import type { Choice } from './choices.ts';
import type { ModelLabels, ModelMatrix, ModelPlace } from './messages.ts';
import { labelsBeside, type OpenedPlace } from './open-place.ts';

/** A matrix that is ready to be measured. */
export interface OpenedMatrix extends FiniteFeatures {
  readonly labels: ModelLabels | null;
  readonly doubts: readonly string[];
}

/** Opens a matrix with the names of its features. @throws FormatError */
export async function openMatrix(
  place: ModelPlace,
  opened: OpenedPlace,
  { recipe, isToken, isKnown }: ModelMatrix,
  choices: readonly Choice[],
): Promise<OpenedMatrix> {
  const { file, name } = opened;
  const { fold, ...vectors } = recipe;
  const read = fold === undefined || choices.includes('no-fold') ? vectors : recipe;
  const { source, skipped } = choices.includes('skip-bad')
    ? await openFiniteFeatures(read, file, name)
    : { source: await openFeatures(read, file, name), skipped: [] };
  const labels = await labelsBeside(place, opened, { isToken, axis: recipe.axis });
  const all = source.features + skipped.length;
  if (labels !== null && labels.names.length > all)
    throw new FormatError(
      labels.file ?? name,
      `has ${labels.names.length} names, but there are ${all} features; choose the vocabulary of this model`,
    );
  const doubt = isKnown
    ? await decoderDoubt(recipe as FeatureMatrix, file, name).catch(() => null)
    : null;
  return { source, skipped, labels, doubts: doubt === null ? [] : [doubt] };
}
