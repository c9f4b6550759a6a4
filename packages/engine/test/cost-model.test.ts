import { resolveInputs, type FeatureInputs } from '@polysem/core/features';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predictStep } from '../src/kernels/predict-step.ts';
import { nanosecondsOf, type Operation } from '../src/kernels/program/cost-constants.ts';
import { operationNames } from '../src/kernels/program/operation-names.ts';
import {
  sizedStep,
  stepCost,
  totalCost,
  type SizedStep,
} from '../src/kernels/program/cost-model.ts';
import type { Activity } from '../src/kernels/program/drawing.ts';
import { chooseMethod, supportedMethods } from '../src/kernels/program/choose-method.ts';
import type { Method } from '../src/kernels/program/method.ts';
import { mostListed } from '../src/kernels/program/product-counts.ts';
import { stepWork } from '../src/kernels/program/step-work.ts';
import type { ToyModel } from '../src/models/toy-model.ts';

function modelOf(features: number, dims: number, rest = {}): ToyModel {
  const importance = Array.from({ length: features }, () => 1);
  return { task: 'compression', activation: 'relu', features, dims, importance, ...rest };
}

const INDEPENDENT: Activity = { kind: 'independent', isMixed: false };

function stepOf(
  model: ToyModel,
  density: number,
  batch = 1024,
  activity: Activity = INDEPENDENT,
): SizedStep {
  const densities = Array.from({ length: model.features }, () => density);
  return sizedStep({
    model,
    densities,
    batch,
    drawing: { values: { shape: 'uniform' }, activity },
  });
}

const aStep = fc.record({
  features: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.constantFrom(2, 1000, 2049, 10_240)),
  dims: fc.integer({ min: 1, max: 1000 }),
  rest: fc.constantFrom(
    {},
    { tied: false },
    { activation: 'gelu' },
    { task: 'computation', activation: 'quadratic' },
    { task: 'computation', activation: 'gelu' },
  ),
  kind: fc.constantFrom('independent', 'together', 'matrix'),
  batch: fc.constantFrom(1, 64, 1024, 16_384),
});

function activityOf(kind: string, features: number): Activity {
  if (kind === 'matrix') return { kind, rank: features };
  if (kind === 'together') return { kind, groups: Math.ceil(features / 5), isMixed: false };
  return INDEPENDENT;
}

const cheapestCost = (step: SizedStep): number => totalCost(step, chooseMethod(step));

describe('the predicted cost of a step', () => {
  it('is positive and finite, least for the chosen method, and no lower where features are denser', () => {
    fc.assert(
      fc.property(
        aStep,
        fc.double({ min: 1e-6, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ features, dims, rest, kind, batch }, density, share) => {
          const model = modelOf(features, Math.min(dims, features), rest);
          const stepAt = (p: number): SizedStep =>
            stepOf(model, p, batch, activityOf(kind, features));
          const step = stepAt(density);
          const costs = supportedMethods(step).map((method) => totalCost(step, method));
          for (const cost of costs) expect(cost > 0 && cost < Infinity).toBe(true);
          expect(cheapestCost(step)).toBe(Math.min(...costs));
          for (const part of stepCost(step, chooseMethod(step)).values())
            expect(part).toBeGreaterThanOrEqual(0);
          const sparser = stepAt(density * share);
          // A dense step would be cheapest for some rare features too, but draws them too coarsely.
          const isComparable = supportedMethods(sparser).includes(chooseMethod(step));
          if (isComparable)
            expect(cheapestCost(sparser)).toBeLessThanOrEqual(cheapestCost(step) * (1 + 1e-9));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('has no negative constant', () => {
    for (const nanoseconds of Object.values(nanosecondsOf))
      expect(nanoseconds).toBeGreaterThanOrEqual(0);
  });

  it('counts work that two parts of a step share once for each', () => {
    const model = modelOf(10, 2);
    const productsOf = (activity: Activity): number =>
      stepCost(stepOf(model, 0.5, 100, activity), 'dense').get('denseMultiplyAdd') ?? 0;
    const each = nanosecondsOf.denseMultiplyAdd;
    expect(productsOf(INDEPENDENT)).toBeCloseTo(5 * 100 * 20 * each, 9);
    // The Cholesky factor of the correlations is a triangle.
    expect(productsOf({ kind: 'matrix', rank: 10 })).toBeCloseTo((5 * 20 + 50) * 100 * each, 9);
  });
});

describe('the chosen method', () => {
  const method = (model: ToyModel, density: number, batch = 1024): Method =>
    chooseMethod(stepOf(model, density, batch));

  it('is the fastest one where measurements are clear', () => {
    for (const model of [modelOf(5, 2), modelOf(80, 20), modelOf(400, 30), modelOf(1000, 100)])
      for (const density of [1, 0.5, 0.3]) expect(method(model, density)).toBe('dense');
    expect(method(modelOf(5, 2), 0.03)).toBe('compact');
    expect(method(modelOf(80, 20), 0.05)).toBe('gram');
    expect(method(modelOf(100, 20), 0.01)).toBe('gram');
    expect(method(modelOf(400, 30), 0.03)).toBe('sparse');
    expect(method(modelOf(1000, 100), 0.05)).toBe('sparse');
    expect(method(modelOf(100, 20, { task: 'computation', activation: 'gelu' }), 0.05)).toBe(
      'sparse',
    );
    const hidden = modelOf(100, 20, { hiddenActivation: 'relu' });
    expect(method(hidden, 0.3)).toBe('dense');
    expect(method(hidden, 0.01)).toBe('compact');
  });

  it('depends on the batch, which shares the Gram matrix of a step', () => {
    expect(method(modelOf(200, 20), 0.01, 4096)).toBe('gram');
    expect(method(modelOf(200, 20), 0.01, 128)).toBe('sparse');
  });

  it('is not dense where a uniform number has too few bits for the rarest feature', () => {
    const step = stepOf(modelOf(5, 2), 1);
    const densities = [1, 1, 1, 1, 0.001];
    expect(supportedMethods(step)).toContain('dense');
    expect(chooseMethod({ ...step, densities })).toBe('compact');
  });

  it('is not gram where the Gram matrix would take too much memory, or without a linear hidden layer', () => {
    expect(supportedMethods(stepOf(modelOf(2048, 10), 0.01))).toContain('gram');
    expect(supportedMethods(stepOf(modelOf(2049, 10), 0.01))).not.toContain('gram');
    expect(supportedMethods(stepOf(modelOf(20, 10, { hiddenActivation: 'relu' }), 0.01))).toEqual([
      'compact',
    ]);
  });
});

describe('the expected sizes of a batch', () => {
  it('are exact for independent features and groups', () => {
    const halves = [0.5, 0.5, 0.5, 0.5];
    expect(stepWork(halves, 2, 16, INDEPENDENT)).toMatchObject({ rows: 15, active: 32, gaps: 32 });
    expect(stepWork(halves, 2, 16, { kind: 'together', groups: 2, isMixed: false })).toMatchObject({
      rows: 12,
      active: 32,
      gaps: 16,
    });
    expect(
      stepWork(halves, 2, 16, { kind: 'one-of', groups: 2, isMixed: false, isUneven: false }),
    ).toMatchObject({ rows: 16, active: 32, gaps: 32 });
  });

  it('count the gaps of the largest density', () => {
    const work = stepWork([1, 0.5], 1, 10, { kind: 'independent', isMixed: true });
    expect(work).toMatchObject({ rows: 10, active: 15, gaps: 20 });
    expect(stepWork([0, 0], 1, 10, INDEPENDENT)).toMatchObject({ rows: 0, active: 0, gaps: 0 });
  });
});

it('lists of unclipped outputs pay up to a larger fraction in more dimensions', () => {
  const fractions = [2, 5, 20].map((dims) => mostListed(100, dims));
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  expect(fractions[0]).toBeGreaterThan(0.02);
  expect(fractions[2]).toBeLessThan(0.4);
});

describe('predictStep', () => {
  const uniform: FeatureInputs = { shape: 'uniform', density: 0.02, unitVariance: false };

  it('gives the costs of all methods, in parts that add up, the largest first', () => {
    const step = predictStep({
      model: modelOf(80, 20),
      inputs: resolveInputs(uniform, 80),
      batch: 1024,
    });
    expect(step?.method).toBe('gram');
    expect(step?.costs.map(({ method }) => method)).toEqual(['compact', 'sparse', 'gram']);
    for (const { nanoseconds, parts } of step?.costs ?? []) {
      const values = parts.map((part) => part.nanoseconds);
      expect(values).toEqual(values.toSorted((a, b) => b - a));
      expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(nanoseconds, 6);
      for (const { operation, work } of parts)
        expect(operationNames[operation as Operation]).toBe(work);
    }
  });

  it('names the code for large models where it applies, as one of the cheapest', () => {
    const inputs = resolveInputs(uniform, 1000);
    const step = predictStep({ model: modelOf(1000, 100), inputs, batch: 1024 });
    expect(step?.method).toBe('large');
    const costs = (step?.costs ?? []).map(({ nanoseconds }) => nanoseconds);
    const large = step?.costs.find(({ method }) => method === 'large');
    expect(large?.nanoseconds).toBeLessThan(1.2 * Math.min(...costs));
    const untied = modelOf(1000, 100, { tied: false });
    expect(predictStep({ model: untied, inputs, batch: 1024 })?.method).toBe('sparse');
  });

  it('gives null for inputs that TypeScript samples', () => {
    const inputs = resolveInputs({ ...uniform, shape: 'uniform' }, 3);
    if (inputs.kind !== 'independent') throw new Error('expected independent features');
    const [first, ...rest] = inputs.marginals;
    const mixed = { ...inputs, marginals: [{ ...first, shape: 'rademacher' as const }, ...rest] };
    expect(predictStep({ model: modelOf(3, 2), inputs: mixed, batch: 8 })).toBeNull();
  });
});
