import { embedding, type FeatureSource } from '@polysem/core/embedding';
import {
  findBlocks,
  nameShape,
  withoutShortVectors,
  type BlockStructure,
  type NamedShape,
} from '@polysem/core/geometry';

/** Blocks of a matrix, and the shape of each. */
export interface FoundBlocks {
  readonly structure: BlockStructure;
  /** One a component; none where there is no block structure. */
  readonly shapes: readonly NamedShape[];
}

/** Blocks are looked for in matrices of at most so many numbers, which takes seconds. */
const UP_TO = 2 ** 20;
/** As `polysem geometry` assumes. */
const NOISE = 0.03;

/** The blocks of a matrix that is small, else null. */
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
