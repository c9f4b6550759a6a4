import { power, realPower } from '@polysem/numerics/elementary';
import {
  childGenerator,
  type Generator,
  generator,
  integerBelow,
  uniform,
  uniformBetween,
} from '@polysem/numerics/random';
import { pinned, refused, times } from './pinned.ts';
import { allocateQuadratic } from '../../src/theory/allocate-quadratic.ts';
import { allocateSeparable } from '../../src/theory/allocate-separable.ts';
import { importanceOf } from '../../src/theory/feature-importance.ts';
import { heldVaried } from '../../src/theory/held-varied.ts';
import { phaseBoundaries, variedCapacity } from '../../src/theory/one-varied.ts';
import { capacityAtPrice, featureLoss, marginalBenefit } from '../../src/theory/quadratic.ts';

const KURTOSIS: Record<string, (g: Generator) => number> = {
  'above 3': (g) => uniformBetween(g, 3.01, 30),
  'near 3': (g) => 3 + uniformBetween(g, -1e-9, 1e-9),
  'below 3': (g) => uniformBetween(g, 1, 3),
  mixed: (g) => uniformBetween(g, 1, 6),
  'whole numbers': (g) => 1 + integerBelow(g, 5),
};

const IMPORTANCE: Record<string, (g: Generator) => number> = {
  spread: (g) => power(uniformBetween(g, 0.05, 1), 3),
  ties: (g) => 1 + integerBelow(g, 3),
  zeros: (g) => (uniform(g) < 0.3 ? 0 : realPower(10, uniformBetween(g, -6, 6))),
};

for (const [kind, kurtosis] of Object.entries(KURTOSIS)) {
  for (const [spread, importance] of Object.entries(IMPORTANCE)) {
    pinned(`allocateQuadratic, kurtosis ${kind}, importance ${spread}`, () =>
      times(40, (i) => {
        const g = childGenerator(generator(7), i);
        const features = 1 + integerBelow(g, 14);
        return allocateQuadratic({
          importance: [1, ...times(features - 1, () => importance(g))],
          kurtosis: times(features, () => kurtosis(g)),
          dims: 1 + integerBelow(g, features),
        });
      }),
    );
  }
}

pinned('allocateQuadratic with little effort', () =>
  times(24, (i) => {
    const g = childGenerator(generator(11), i);
    const features = 30 + integerBelow(g, 60);
    return allocateQuadratic(
      {
        importance: times(features, () => uniformBetween(g, 0.5, 1.5)),
        kurtosis: times(features, () => uniformBetween(g, 1, 5)),
        dims: 1 + integerBelow(g, features),
      },
      { effort: power(4, i % 8) },
    );
  }),
);

pinned('allocateSeparable', () =>
  times(40, (i) => {
    const g = childGenerator(generator(13), i);
    const features = 1 + integerBelow(g, 6);
    const scale = times(features, () => uniformBetween(g, 0, 4));
    const exponent = times(features, () => (uniform(g) < 0.3 ? 0 : uniformBetween(g, 0, 3)));
    const kinds = [
      (f: number, c: number) => scale[f] * realPower(1.1 - c, exponent[f]),
      (f: number, c: number) => Math.floor(4 * scale[f] * (1 - c)) / 4,
      (f: number, c: number) => scale[f] / Math.sqrt(c),
      (f: number, c: number) => (c < scale[f] / 4 ? 2 : 1),
    ];
    return allocateSeparable({
      features,
      dims: i % 5 === 0 ? integerBelow(g, features + 1) : uniformBetween(g, 0, features),
      marginalBenefit: kinds[i % kinds.length],
      ...(i % 2 === 0 ? { loss: (f: number, c: number) => scale[f] * (1 - c) } : {}),
    });
  }),
);

pinned('the varied feature', () =>
  times(60, (i) => {
    const g = childGenerator(generator(17), i);
    const features = 2 + integerBelow(g, 12);
    const dims = 1 + integerBelow(g, features - 1);
    const kurtosis = [1, 2, 3, 3.5, 20][i % 5];
    const problem = { features, dims, kurtosis };
    const importance = i % 7 === 0 ? 1 : realPower(10, uniformBetween(g, -1, 1));
    const held = [0, uniform(g), 1].map((capacity) =>
      kurtosis < 3 ? null : heldVaried(problem, importance, capacity),
    );
    return [phaseBoundaries(problem), variedCapacity(problem, importance), held];
  }),
);

pinned('one feature', () =>
  times(60, (i) => {
    const g = childGenerator(generator(19), i);
    const [importance, kurtosis] = [uniformBetween(g, 0, 4), [1, 2, 3, 4, 18][i % 5]];
    const capacity = [0, uniform(g), 1][i % 3];
    return [
      featureLoss(importance, kurtosis, capacity),
      marginalBenefit(importance, kurtosis, capacity),
      capacityAtPrice(importance, kurtosis, realPower(10, uniformBetween(g, -3, 3))),
    ];
  }),
);

const flat = { marginalBenefit: () => 1 };
refused('theory', [
  () => allocateQuadratic({ importance: [], kurtosis: 3, dims: 1 }),
  () => allocateQuadratic({ importance: [0, 0], kurtosis: 3, dims: 1 }),
  () => allocateQuadratic({ importance: [1, -1], kurtosis: 3, dims: 1 }),
  () => allocateQuadratic({ importance: [1, NaN], kurtosis: 3, dims: 1 }),
  () => allocateQuadratic({ importance: [1, 1e300], kurtosis: 3, dims: 1 }),
  () => allocateQuadratic({ importance: [1, 1e-300], kurtosis: 3, dims: 1 }),
  () => allocateQuadratic({ importance: [1, 2], kurtosis: 0.9, dims: 1 }),
  () => allocateQuadratic({ importance: [1, 2], kurtosis: [3, 1e19], dims: 1 }),
  () => allocateQuadratic({ importance: [1, 2], kurtosis: [3], dims: 1 }),
  () => allocateQuadratic({ importance: [1, 2], kurtosis: 3, dims: 3 }),
  () => allocateQuadratic({ importance: [1, 2], kurtosis: 3, dims: 0 }),
  () => allocateQuadratic({ importance: [1, 2], kurtosis: 3, dims: 1.5 }),
  () => allocateQuadratic({ importance: [1, 2], kurtosis: [2, 4], dims: 1 }, { effort: -1 }),
  () => allocateSeparable({ features: 2, dims: 3, ...flat }),
  () => allocateSeparable({ features: 2, dims: -1, ...flat }),
  () => allocateSeparable({ features: 0, dims: 0, ...flat }),
  () => allocateSeparable({ features: 2, dims: 1, marginalBenefit: () => -1 }),
  () => allocateSeparable({ features: 2, dims: 1, marginalBenefit: () => NaN }),
  () => allocateSeparable({ features: 2, dims: 1, marginalBenefit: (_, c) => c }),
  () => phaseBoundaries({ features: 1, dims: 1, kurtosis: 3 }),
  () => phaseBoundaries({ features: 3, dims: 3, kurtosis: 3 }),
  () => phaseBoundaries({ features: 3, dims: 1, kurtosis: 0 }),
  () => variedCapacity({ features: 3, dims: 1, kurtosis: 4 }, 0),
  () => heldVaried({ features: 3, dims: 1, kurtosis: 2.9 }, 1, 0.5),
  () => heldVaried({ features: 3, dims: 1, kurtosis: 4 }, -1, 0.5),
  () => heldVaried({ features: 3, dims: 1, kurtosis: 4 }, 1, 1.1),
  () => importanceOf('0.9^j', 3),
  () => importanceOf('0.9^i'),
  () => importanceOf([1, 2], 3),
  () => importanceOf('0^i', 3),
  () => importanceOf(1),
  () => featureLoss(-1, 3, 0.5),
  () => featureLoss(1, 0.5, 0.5),
  () => featureLoss(1, 3, 1.5),
  () => marginalBenefit(1, 3, -0.5),
  () => capacityAtPrice(1, 3, -1),
]);

pinned('importanceOf', () => [
  importanceOf(2, 3),
  importanceOf([1, 2, 3]),
  importanceOf('0.9^i', 6),
  importanceOf('(i+1)^-0.5', 6),
]);
