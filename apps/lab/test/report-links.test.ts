import { moments, type FeatureDistribution } from '@polysem/core/features';
import { allocateQuadratic } from '@polysem/core/theory';
import { exampleNetwork, figure2, panelSpec } from '@polysem/runs/reproduce';
import { expect, it } from 'vitest';
import {
  gridLinks,
  networkLinks,
  phaseLink,
  pricesLink,
} from '../../../packages/reports/src/reproduction/lab-links.ts';
import { spectrumPicture } from '../../../packages/reports/src/reproduction/geometry-pictures.ts';
import { oneEigenspace } from '../../../packages/runs/src/reproduce/geometry/one-eigenspace.ts';
import { figure4Spec } from '../../../packages/runs/src/reproduce/figure4/figure4.ts';
import { insets } from '../../../packages/runs/src/reproduce/figure4/insets.ts';
import { figure7Panels } from '@polysem/engine/phase';
import { readLink } from '../src/state/link.ts';
import { gridSpec, phaseSpec, trainingSpec } from '../src/state/specs.ts';
import type { LabState } from '../src/state/state.ts';

// Reports link to diagrams and networks of the lab. Every part of their links must be read, and give the same specification.

function stateOf(link: string): LabState {
  const { state, ignored } = readLink(link);
  expect(ignored).toEqual([]);
  return state;
}

it('restores the diagram of Figure 4, and the network of each inset', () => {
  const spec = figure4Spec(64, 3);
  for (const { letter, ...cell } of insets) {
    const state = stateOf(phaseLink(letter, spec, cell).link);
    const { importance, density, ...same } = phaseSpec(state, true);
    expect({ ...importance, parameter: undefined }).toEqual(spec.importance);
    expect({ ...density, parameter: undefined }).toEqual(spec.density);
    expect(same).toEqual({ ...spec, importance: undefined, density: undefined });
    const { model, inputs } = trainingSpec(state);
    expect(model.importance).toEqual([cell.importance, 1, 1, 1, 1, 1]);
    expect(inputs).toEqual({ shape: 'uniform', density: cell.density, unitVariance: true });
  }
});

it.each(figure7Panels)(
  'restores the panel of Figure 7: $task $activation, $features in $dims',
  (panel) => {
    const spec = panelSpec(panel, { cells: 64, tableColumns: 0 }, 5);
    const [{ link }] = gridLinks('panel', spec, 'phases');
    const state = stateOf(link);
    expect(state.view).toBe('phases');
    const { architecture, importance, density, training, ...same } = gridSpec(state);
    // Importance and density vary along the axes; bias and fixed output weights are the defaults.
    expect({ importance, density }).toEqual({
      importance: expect.any(Number),
      density: expect.any(Number),
    });
    const { architecture: wanted, importance: _v, density: _p, training: ours, ...expected } = spec;
    expect(same).toEqual(expected);
    // The lab takes the default number of random starts, which is larger.
    expect({ ...training, restarts: 0 }).toEqual({ ...ours, restarts: 0 });
    expect(training.restarts).toBeGreaterThan(ours.restarts);
    expect(wanted).toMatchObject(architecture);
  },
);

it('links to no grid that is larger than its diagrams', () => {
  const spec = panelSpec(figure7Panels[0], { cells: 129, tableColumns: 0 }, 0);
  expect(gridLinks('panel', spec)).toEqual([]);
});

it('restores the prices of Figure 2: the same allocation as with the importances of the paper', () => {
  const { importance, kurtosis } = figure2();
  const state = stateOf(pricesLink('8 dimensions', 8, importance, kurtosis).link);
  const { model, inputs } = trainingSpec(state);
  const own = moments(inputs as FeatureDistribution).kurtosis;
  expect(own).toBeCloseTo(kurtosis, 9);
  const allocated = (values: readonly number[], k: number): number[] =>
    Array.from(allocateQuadratic({ importance: values, kurtosis: k, dims: 8 }).capacity);
  const [linked, printed] = [allocated(model.importance, own), allocated(importance, kurtosis)];
  linked.forEach((c, i) => expect(c).toBeCloseTo(printed[i], 9));
});

it('restores the model and inputs of a network', () => {
  const { spec } = exampleNetwork(2, 4);
  const [{ link }] = networkLinks('network', spec);
  const { model, inputs, seed } = trainingSpec(stateOf(link));
  expect({ model, inputs, seed }).toEqual({ model: spec.model, inputs: spec.inputs, seed: 4 });
});

it('restores the model of the figure of eigenvalues, with its importances', () => {
  const one = oneEigenspace({ features: 6, dims: 3 }, 1, 3);
  const provenance = { polysem: '0', seed: 3, configuration: {} };
  const [{ link }] = spectrumPicture(one, provenance).lab ?? [];
  const { model, inputs, seed } = trainingSpec(stateOf(link));
  expect({ model, inputs, seed }).toEqual(one.experiment);
});

it('restores how a network is trained where this is given', () => {
  const model = {
    task: 'compression',
    activation: 'relu',
    features: 5,
    dims: 2,
    importance: [1, 1, 1, 1, 1],
  } as const;
  const inputs = { shape: 'uniform-positive', density: 0.05, unitVariance: true } as const;
  const training = { restarts: 1, steps: 4000, batch: 1024, learningRate: 3e-3 };
  const [{ link }] = networkLinks('network', { model, inputs, seed: 0 }, training);
  const state = stateOf(link);
  expect(state).toMatchObject(training);
  expect(trainingSpec(state).model).toEqual(model);
});

it('links to no network whose inputs have another scale than those of the lab', () => {
  const sizes = { features: 2, dims: 1, importance: [1, 1] } as const;
  const inputs = { shape: 'uniform-positive', density: 0.05, unitVariance: true } as const;
  const link = (activation: 'gelu' | 'relu') =>
    networkLinks('network', {
      model: { task: 'compression', activation, ...sizes },
      inputs,
      seed: 0,
    });
  expect([link('gelu').length, link('relu').length]).toEqual([0, 1]);
});
