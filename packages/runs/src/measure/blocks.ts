import { embedding, type FeatureSource } from '@polysem/core/embedding';
import {
  findBlocks,
  nameShape,
  withoutShortVectors,
  type BlockStructure,
  type NamedShape,
} from '@polysem/core/geometry';

/** Blocks of a matrix with their shapes. */
export interface FoundBlocks {
  readonly structure: BlockStructure;
  /** One per component; empty if there is no block structure. */
  readonly shapes: readonly NamedShape[];
}

/** Largest matrix, in numbers, that is searched for blocks: some seconds. */
const UP_TO = 2 ** 20;
/** Relative noise, the default of `polysem geometry`. */
const NOISE = 0.03;

/** Finds the blocks of a small matrix; null for larger ones. */
export async function blocksOf(vectors: FeatureSource): Promise<FoundBlocks | null> {
  const { dims, features } = vectors;
  if (dims * features > UP_TO) return null;
  const w = embedding(dims, features, await vectors.read(0, features));
  const structure = findBlocks(withoutShortVectors(w, NOISE), { noise: NOISE });
  if (structure.verdict === 'none') return { structure, shapes: [] };
  const noise = Math.max(NOISE, structure.noise);
  return {
    structure,
    shapes: structure.components.map(({ features: members }) => nameShape(w, members, { noise })),
  };
}
