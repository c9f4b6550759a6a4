import { axesOf, type CoderGroup, type CoderLayout, type CoderRule } from './coder-layout.ts';

/** Axes of the factors: of those that components read, and of those that they write. */
const READ: CoderRule['orders'] = [
  ['dims', 'latents'],
  ['instances', 'dims', 'latents'],
];
const WRITE: CoderRule['orders'] = [
  ['latents', 'dims'],
  ['instances', 'latents', 'dims'],
];

/** Returns whether a weight matrix can be the product of two factors of a group. */
function areFactors(group: CoderGroup, read: string, write: string): boolean {
  const [a, b] = [group.get(read)?.shape, group.get(write)?.shape];
  return a !== undefined && a.length === b?.length && a.at(-1) === b.at(-2);
}

/**
 * Parameter components of stochastic parameter decomposition (goodfire-ai/spd): a weight matrix is the sum over components
 * of V[:, c] U[c, :], with V d_in x C and U C x d_out, under `_components.` or `components.`. A bare pair U, V may be the
 * factors of another decomposition.
 */
export const COMPONENTS: CoderLayout = {
  name: 'parameter components',
  encoder: { name: 'V', orders: READ },
  decoder: { name: 'U', orders: WRITE },
  latents: [],
  dims: [],
  kind: 'component',
  isDistinctive: true,
  doubt: ({ prefix }) =>
    /component/i.test(prefix) ? undefined : 'only the names V and U say that these are components',
  accepts: (group) =>
    areFactors(group, 'V', 'U') &&
    axesOf(group, 'V') <= 3 &&
    !['S', 'Vh', 'Sigma', 's'].some((name) => group.has(name)),
};

/** Modules whose weights attribution-based parameter decomposition replaces. */
const DECOMPOSED = /component|(?:^|\.)(?:linear[12]|mlp_in|mlp_out|hidden_layers\.\d+)\.$/i;
/** Modules whose factors with three axes belong to the first versions: they have instances and no rank. */
const FIRST_VERSIONS = /^$|(?:^|\.)layers\.\d+\.$/;
/** Tensors that a model keeps beside its factors, with their numbers of axes in a model without instances. */
const BESIDE: readonly (readonly [string, number])[] = [
  ['b_final', 1],
  ['W_E', 2],
  ['W_E.weight', 2],
  ['bias', 1],
  ['bias1', 1],
  ['bias2', 1],
];

/**
 * Meaning of the first of three axes of A; undefined if nothing in the file decides. Instances are the first axis of every
 * parameter, so biases and embeddings show whether there are any.
 */
function firstAxis(group: CoderGroup): 'instances' | 'components' | undefined {
  const [first] = group.get('A')?.shape ?? [];
  const found = BESIDE.flatMap(([name, axes]) => {
    const shape = group.near(name)?.shape;
    if (shape?.length === axes) return ['components' as const];
    return shape?.length === axes + 1 && shape[0] === first ? ['instances' as const] : [];
  });
  if (found.length > 0) return found.every((axis) => axis === found[0]) ? found[0] : undefined;
  return FIRST_VERSIONS.test(group.prefix) ? 'instances' : undefined;
}

/**
 * Parameter components of ApolloResearch/apd and earlier versions of spd: A d_in x m and B m x d_out, such as `linear1.A`, one
 * component per m; with a first axis for instances, which the biases and embeddings of the model then have too. In later
 * versions of apd A is C x d_in x m: a component is the product of both factors, and its vectors are no features.
 */
export const APD_COMPONENTS: CoderLayout = {
  ...COMPONENTS,
  name: 'APD components',
  encoder: { name: 'A', orders: READ },
  decoder: { name: 'B', orders: WRITE },
  doubt: (group) => {
    if (axesOf(group, 'A') === 3 && firstAxis(group) === undefined)
      return 'the first axis may count components of rank m instead of instances; then single vectors are no features';
    return DECOMPOSED.test(group.prefix) || group.has('b_final')
      ? undefined
      : 'only the names A and B say that these are components';
  },
  leftOut: (group, config) => {
    const shape = group.get('A')?.shape ?? [];
    const isStack =
      shape.length === 3 && config?.C !== shape[0] && firstAxis(group) !== 'components';
    if (shape.length < 3 || isStack) return undefined;
    const { prefix } = group;
    return `${prefix}A and ${prefix}B hold no features: a component of rank ${shape.at(-1)} determines only the product of both, not their vectors`;
  },
  // State-space models have C or D beside A and B. LinearComponentWithBias stores its factors twice.
  accepts: (group) =>
    areFactors(group, 'A', 'B') &&
    axesOf(group, 'A') <= 4 &&
    !group.prefix.endsWith('linear_component.') &&
    !['C', 'D', 'A_log', 'dt'].some((name) => group.has(name)),
};

/** Components of full rank of ApolloResearch/apd: subnetwork_params C x d_in x d_out, one matrix per component. */
export const APD_FULL_RANK: CoderLayout = {
  name: 'APD components of full rank',
  decoder: { name: 'subnetwork_params', orders: [] },
  latents: [],
  dims: [],
  kind: 'component',
  leftOut: ({ prefix }) =>
    `${prefix}subnetwork_params holds no features: each component of full rank is a matrix, not a vector`,
  accepts: (group) => axesOf(group, 'subnetwork_params') >= 3,
};
