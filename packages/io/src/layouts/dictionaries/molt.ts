import { axesOf, type CoderGroup, type CoderLayout } from './coder-layout.ts';
import type { Coder, Dictionary } from './dictionary.ts';

/** Names of the factors of all transforms of one rank. */
const FACTORS = /^U_matrices\.(\d{1,6})$/;

/**
 * Mixture of linear transforms of OpenMOSS (MOLT): W_E d_model x transforms says when a transform is active. Transforms of
 * rank r are U_matrices.r, count x d_model x r, times V_matrices.r, count x r x d_model. A transform of rank 1 reads one
 * direction and writes one. Of those of higher rank, U and V are determined only up to a change of basis between them, so
 * their single vectors are no features.
 */
export const MOLT: CoderLayout = {
  name: 'OpenMOSS MOLT',
  encoder: { name: 'W_E', orders: [['dims', 'latents']] },
  latents: ['b_E'],
  dims: ['b_D'],
  kind: 'transcoder',
  isDistinctive: true,
  unfolded: 'what a latent writes is a matrix (U V), not a vector whose norm could be folded',
  accepts: (group) => axesOf(group, 'W_E') === 2 && group.matching(FACTORS).length > 0,
  more: (group, layer) => {
    const dictionaries: Dictionary[] = [];
    const notes: string[] = [];
    for (const name of group.matching(FACTORS)) {
      const rank = Number(FACTORS.exec(name)?.[1]);
      const found = rank === 1 ? ofRankOne(group, layer) : null;
      if (found !== null) dictionaries.push(found);
      else
        notes.push(
          `${group.prefix}${name} and V_matrices.${rank} hold no features: a transform of rank ${rank} determines only the product of both, not their vectors`,
        );
    }
    return { dictionaries, notes };
  },
};

/** The transforms of rank 1 as components, which read a row of V and write a column of U; null if the shapes do not fit. */
function ofRankOne(group: CoderGroup, layer: number | null): Dictionary | null {
  const [u, v] = [group.get('U_matrices.1'), group.get('V_matrices.1')];
  if (u?.shape.length !== 3 || v?.shape.length !== 3) return null;
  const [count, dims] = u.shape;
  const fits = u.shape[2] === 1 && v.shape[1] === 1 && v.shape[0] === count;
  if (!fits || u.shape.includes(0) || v.shape.includes(0)) return null;
  const why = `${MOLT.name} stores transforms of rank 1 as V, transforms x 1 x dims, and U, transforms x dims x 1`;
  const coder = (tensor: string, d: number, slice: readonly (number | null)[]): Coder => ({
    ranges: [{ tensor, axis: 'rows', slice }],
    features: count,
    dims: d,
    why,
  });
  return {
    layout: MOLT.name,
    kind: 'component',
    layer,
    encoder: coder(v.name, v.shape[2], [null, 0, null]),
    decoder: coder(u.name, dims, [null, null, 0]),
  };
}
