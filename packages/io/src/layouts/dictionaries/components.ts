import { axesOf, type CoderGroup, type CoderLayout } from './coder-layout.ts';

/** The number of components of a pair V, U; null if their shapes do not fit. */
function countOf(group: CoderGroup): number | null {
  const [v, u] = [group.get('V')?.shape, group.get('U')?.shape];
  return v !== undefined && u !== undefined && v.at(-1) === u.at(-2) ? (v.at(-1) ?? null) : null;
}

/**
 * Parameter components of stochastic parameter decomposition (goodfire-ai/spd): a weight matrix is the sum over components
 * of V[:, c] U[c, :], with V d_in x C and U C x d_out, under `_components.` or `components.`. A bare pair U, V may be the
 * factors of another decomposition.
 */
export const COMPONENTS: CoderLayout = {
  name: 'parameter components',
  encoder: {
    name: 'V',
    orders: [
      ['dims', 'latents'],
      ['instances', 'dims', 'latents'],
    ],
  },
  decoder: {
    name: 'U',
    orders: [
      ['latents', 'dims'],
      ['instances', 'latents', 'dims'],
    ],
  },
  latents: [],
  dims: [],
  kind: 'component',
  isDistinctive: true,
  doubt: ({ prefix }) =>
    /component/i.test(prefix) ? undefined : 'only the names V and U say that these are components',
  accepts: (group) =>
    axesOf(group, 'V') === axesOf(group, 'U') &&
    countOf(group) !== null &&
    !['S', 'Vh', 'Sigma', 's'].some((name) => group.has(name)),
};
