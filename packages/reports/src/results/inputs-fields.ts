import {
  distributionNames,
  distributionParameters,
  type Correlation,
  type FeatureDistribution,
  type FeatureInputs,
  type ParameterName,
  type ValueDistribution,
} from '@polysem/core/features';
import { activationNames } from '@polysem/engine/activations';
import { tasks } from '@polysem/engine/models';
import type { Architecture } from '@polysem/engine/phase';
import type { Fields } from './fields.ts';

/** Reads the task, the activations and the other settings of a model. */
export function architectureIn(fields: Fields): Architecture {
  const task = fields.choice('task', tasks);
  const common = {
    activation: fields.choice('activation', activationNames),
    ...(fields.has('bias') && { bias: fields.boolean('bias') }),
  };
  if (task === 'computation') {
    if (!fields.has('outputWeights')) return { task, ...common };
    const outputWeights = fields.choice('outputWeights', ['fixed', 'free'] as const);
    return { task, ...common, outputWeights };
  }
  const featurewise = {
    ...common,
    ...(fields.has('hiddenActivation') && {
      hiddenActivation: fields.choice('hiddenActivation', activationNames),
    }),
    ...(fields.has('importanceRole') && {
      importanceRole: fields.choice('importanceRole', [
        'loss-weight',
        'target-coefficient',
      ] as const),
    }),
  };
  if (task === 'vector-computation')
    return { task, ...featurewise, target: fields.choice('target', activationNames) };
  return { task, ...featurewise, ...(fields.has('tied') && { tied: fields.boolean('tied') }) };
}

/** Reads the distribution of active values, with its parameters. */
export function valuesIn(fields: Fields): ValueDistribution {
  const shape = fields.choice('shape', distributionNames);
  const given: { [name in ParameterName]?: number } = {};
  for (const { name } of distributionParameters)
    if (fields.has(name)) given[name] = fields.number(name);
  return { shape, ...given };
}

function distributionIn(fields: Fields): FeatureDistribution {
  return {
    ...valuesIn(fields),
    density: fields.number('density', { least: 0, most: 1 }),
    unitVariance: fields.boolean('unitVariance'),
  };
}

/** Reads which features are active together. A correlation matrix is refused: the lab has loadings only. */
export function correlationIn(fields: Fields): Correlation {
  const kind = fields.choice('kind', ['together', 'one-of', 'copula'] as const);
  if (kind === 'copula') {
    const loadings = fields.raw('loadings');
    if (loadings === undefined)
      return fields.refuse('loadings', 'given, as the lab has no matrix of correlations');
    if (typeof loadings === 'number') return { kind, loadings: fields.number('loadings') };
    return { kind, loadings: Array.from(fields.numbers('loadings', {})) };
  }
  const groups = fields.raw('groups');
  if (typeof groups === 'number')
    return { kind, groups: fields.number('groups', { least: 1, isWhole: true }) };
  if (
    !Array.isArray(groups) ||
    !groups.every((one) => Array.isArray(one) && one.every(Number.isSafeInteger))
  )
    return fields.refuse('groups', 'a size, or lists of features');
  return { kind, groups: groups as number[][] };
}

/** Reads the inputs of all features. */
export function inputsIn(spec: Fields): FeatureInputs {
  if (Array.isArray(spec.raw('inputs'))) return spec.objects('inputs').map(distributionIn);
  const inputs = spec.object('inputs');
  if (!inputs.has('kind')) return distributionIn(inputs);
  if (inputs.raw('kind') === 'data')
    return inputs.refuse('kind', 'a distribution, as the lab has no rows of data files');
  const kind = inputs.choice('kind', ['correlated'] as const);
  const marginal = Array.isArray(inputs.raw('marginal'))
    ? inputs.objects('marginal').map(distributionIn)
    : distributionIn(inputs.object('marginal'));
  return { kind, marginal, correlation: correlationIn(inputs.object('correlation')) };
}
