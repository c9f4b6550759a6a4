import {
  bothReadings,
  findFeatures,
  type FeatureHints,
  type FeatureMatrix,
} from '@polysem/io/layouts';
import type { TensorFile } from '@polysem/io';
import { shellWord } from '@polysem/reports/text';
import type { ModelMatrix } from './messages.ts';

/** Most readings of tensors of unknown layout that are listed. */
const MOST = 400;
/** Most matrices of a stack that are listed. */
const STACK = 64;

/** Names of the features of each preset. */
const NOUNS: Readonly<Record<string, string>> = {
  token: 'tokens',
  unembedding: 'tokens',
  position: 'positions',
  mlp: 'neurons',
  attention: 'coordinates',
  sae: 'latents',
  transcoder: 'latents',
  crosscoder: 'latents',
  component: 'components',
  toy: 'inputs',
};

/** Lists the matrices of a file as `polysem measure --list` does, with the flags that choose each. */
export function matricesOf(
  { entries, metadata }: Pick<TensorFile, 'entries' | 'metadata'>,
  hints: FeatureHints,
): { readonly matrices: readonly ModelMatrix[]; readonly notes: readonly string[] } {
  const { features, notes } = findFeatures(entries, { metadata, ...hints });
  const known = features.map((matrix) => knownMatrix(matrix, features));
  const readings = bothReadings(entries)
    .slice(0, MOST)
    .flatMap(({ tensor, axis, features: count, dims, matrices }) =>
      Array.from({ length: Math.min(STACK, matrices ?? 1) }, (_, index): ModelMatrix => {
        const stack = matrices === undefined ? {} : { index };
        return {
          label: `${axis} of ${tensor}${matrices === undefined ? '' : `, number ${index}`}`,
          group: known.length > 0 ? 'Any tensor' : 'Features as rows or as columns',
          recipe: { tensor, axis, ...stack },
          flags: `--tensor ${shellWord(tensor)} --features ${axis}${matrices === undefined ? '' : ` --index ${index}`}`,
          noun: 'features',
          features: count,
          dims,
          reasons: [],
          doubts: [],
          isToken: false,
          isKnown: false,
          isFolded: false,
        };
      }),
    );
  return { matrices: [...known, ...readings], notes };
}

function knownMatrix(matrix: FeatureMatrix, all: readonly FeatureMatrix[]): ModelMatrix {
  const { preset, layout, layer, head, expert, part, partOf = 'part', index } = matrix;
  const { description, why, doubt, unfolded, fold, features, dims } = matrix;
  const place = [
    layer === null ? '' : `layer ${layer}`,
    head === undefined ? '' : `head ${head}`,
    expert === undefined ? '' : `expert ${expert}`,
    part === undefined ? '' : `${partOf} ${part}`,
    index === undefined || expert !== undefined || part !== undefined ? '' : `number ${index}`,
  ].filter((text) => text !== '');
  return {
    label: [preset, ...place].join(', '),
    group: layout,
    recipe: matrix,
    flags: flagsOf(matrix, all),
    noun: NOUNS[preset.split('-')[0]] ?? 'features',
    features,
    dims,
    reasons: [
      `A feature is ${description}.`,
      `Taken: ${why}.`,
      ...(fold === undefined ? [] : ['Norms of encoder and decoder vectors are folded.']),
      ...(unfolded === undefined ? [] : [`Vectors as stored: ${unfolded}.`]),
    ],
    doubts: doubt === undefined ? [] : [doubt],
    isToken: preset === 'token-embedding' || preset === 'unembedding',
    isKnown: true,
    isFolded: fold !== undefined,
  };
}

/** The flags of `polysem measure` that choose a known matrix. */
function flagsOf(matrix: FeatureMatrix, all: readonly FeatureMatrix[]): string {
  const { preset, layer, head, expert, part, index, tensor } = matrix;
  const isNumbered = index !== undefined && expert === undefined && part === undefined;
  const alike = all.filter(
    (other) =>
      other.preset === preset &&
      other.layer === layer &&
      other.head === head &&
      other.expert === expert &&
      other.part === part &&
      (!isNumbered || other.index === index),
  );
  return [
    `--preset ${preset}`,
    ...(alike.length > 1 ? [`--tensor ${shellWord(tensor)}`] : []),
    ...(layer === null ? [] : [`--layer ${layer}`]),
    ...(head === undefined ? [] : [`--head ${head}`]),
    ...(expert === undefined ? [] : [`--expert ${shellWord(expert)}`]),
    ...(part === undefined ? [] : [`--part ${shellWord(part)}`]),
    ...(isNumbered ? [`--index ${index}`] : []),
  ].join(' ');
}
