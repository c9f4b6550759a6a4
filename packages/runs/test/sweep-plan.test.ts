import { canonicalJson, identity } from '@polysem/runs';
import { cellId, planSweep, type Json } from '@polysem/runs/sweep';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { train } from '../src/sweep/cells/train.ts';
import { parseSweep } from '../src/sweep/spec/parse-sweep.ts';

const RELU = { task: 'compression', activation: 'relu', features: 6, importance: 1, density: 0.1 };
const relu = (more: object): object => ({
  compute: 'train',
  ...more,
  parameters: { ...RELU, ...(more as { parameters?: object }).parameters },
});

/** The message of a document that must be refused. */
function refusal(document: unknown): string {
  try {
    planSweep(document);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the document was accepted');
}

/** The message of a text that must be refused. */
function refusalOf(text: string): string {
  try {
    const { data, source } = parseSweep(text, 'sweep.yaml');
    planSweep(data, { source });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the text was accepted');
}

describe('cells', () => {
  it('are all combinations of the axes and seeds, the first axis slowest and the seed fastest', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });
    const names = ['density', 'learningRate', 'weightDecay'];
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 3 }), (lengths, seeds) => {
        const axes = lengths.map((count, k) => ({
          parameter: names[k],
          linear: { from: 0.1, to: 0.2, count },
        }));
        const { density: _density, ...rest } = RELU;
        const parameters = { ...rest, dims: 2, ...(lengths.length === 0 && { density: 0.1 }) };
        const plan = planSweep({ compute: 'train', parameters, axes, seeds });
        expect(plan.size).toBe(lengths.reduce((a, b) => a * b, seeds));
        const rows = Array.from({ length: plan.size }, (_, index) =>
          plan.axisColumns.map(({ name }) => plan.axisValues(index)[name] as number),
        );
        const sorted = rows.toSorted((a, b) => {
          const k = a.findIndex((value, at) => value !== b[at]);
          return k < 0 ? 0 : a[k] - b[k];
        });
        expect(rows).toEqual(sorted);
        expect(new Set(rows.map(String)).size).toBe(plan.size);
      }),
      { numRuns: 30 },
    );
  });

  it('have ids that do not depend on the order of keys or on defaults that are written out', () => {
    const plain = planSweep(relu({ parameters: { dims: 2 }, seeds: 2 }));
    const written = planSweep({
      seeds: [0, 1],
      parameters: { untied: false, steps: 4000, dims: 2, ...RELU, bias: true },
      axes: [],
      compute: 'train',
    });
    expect(written.cell(1).id).toBe(plain.cell(1).id);
    expect(written.cell(0).id).not.toBe(plain.cell(1).id);
  });

  it('have the id of their spec', () => {
    const plan = planSweep(relu({ axes: [{ parameter: 'dims', values: [1, 2, 3] }], seeds: 2 }));
    for (let index = 0; index < plan.size; index++) {
      const { id, spec } = plan.cell(index);
      expect(id).toBe(cellId(spec));
      expect(id).toBe(identity(JSON.parse(canonicalJson(spec))));
    }
  });

  it('have the same parameters and ids as if the defaults of each were filled in by itself', () => {
    const numbers = (from: number, to: number) => ({ linear: { from, to, count: 2 } });
    const choices = [
      { parameter: 'dims', values: [1, 2] },
      { parameter: 'importance', ...numbers(0.5, 2) },
      { parameter: 'density', ...numbers(0.1, 0.2) },
      { parameter: 'optimiser', values: ['adam', 'sgd'] },
      { parameter: 'learningRate', ...numbers(0.01, 0.02) },
      { parameter: 'weightDecay', ...numbers(0, 0.1) },
      { parameter: 'clip', values: [1, 2] },
      { parameter: 'steps', values: [10, 20] },
      { parameter: 'activation', values: ['relu', 'gelu'] },
      { parameter: 'initialisation', values: ['xavier', 'kaiming'] },
    ];
    const given = { task: 'compression', features: 4, dims: 1, importance: 1, density: 0.1 };
    fc.assert(
      fc.property(fc.subarray(choices), (axes) => {
        const varied = new Set(axes.map(({ parameter }) => parameter));
        const fixed = Object.entries(given).filter(([name]) => !varied.has(name));
        const parameters = Object.fromEntries(fixed);
        const plan = planSweep({ compute: 'train', parameters, axes });
        for (const index of [0, 1, plan.size - 1].filter((each) => each < plan.size)) {
          const { id, spec } = plan.cell(index);
          const { seed: _seed, ...values } = plan.axisValues(index);
          const own = { ...parameters, ...values };
          expect(spec.parameters).toEqual(train.resolve(own));
          expect(id).toBe(cellId(spec));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('advance zipped axes together', () => {
    const zip = [
      { parameter: 'features', values: [2, 4] },
      { parameter: 'dims', values: [1, 3] },
    ];
    const { features: _features, ...parameters } = RELU;
    const plan = planSweep({ compute: 'train', parameters, axes: [{ zip }] });
    expect([0, 1].map((index) => plan.axisValues(index))).toEqual([
      { features: 2, dims: 1, seed: 0 },
      { features: 4, dims: 3, seed: 0 },
    ]);
  });

  it('vary lists and objects, which the table holds as JSON', () => {
    const values: Json[] = [1, '0.5^i', [1, 2, 3, 4, 5, 6]];
    const { importance: _importance, ...rest } = RELU;
    const parameters = { ...rest, dims: 2 };
    const axes = [{ parameter: 'importance', values }];
    const plan = planSweep({ compute: 'train', parameters, axes });
    expect(plan.axisColumns[0]).toEqual({ name: 'importance', type: 'text' });
    expect(plan.axisValues(2).importance).toBe('[1,2,3,4,5,6]');
  });

  it('give random values that depend on the seed and the parameter alone', () => {
    const random = { distribution: 'log-uniform', from: 1e-3, to: 1, count: 5 };
    const plan = planSweep(
      relu({
        parameters: { dims: 2 },
        axes: [
          {
            zip: [
              { parameter: 'learningRate', random },
              { parameter: 'clip', random },
            ],
          },
        ],
      }),
    );
    const rates = Array.from({ length: 5 }, (_, index) => plan.axisValues(index).learningRate);
    expect(rates).toEqual([
      0.08725151317603551, 0.3939242383549252, 0.01852284716777403, 0.08470042081704207,
      0.04749551996480015,
    ]);
    expect(plan.axisValues(0).clip).not.toBe(rates[0]);
  });

  it('name a column of a parameter apart from the measurement of the same name', () => {
    const plan = planSweep({
      compute: 'train',
      parameters: { importance: [2, 1], dims: 1, density: 0.1, optimiser: 'lbfgs' },
      axes: [{ parameter: 'loss', values: ['exact', 'sampled'] }],
    });
    expect(plan.axisValues(1)).toEqual({ lossParameter: 'sampled', seed: 0 });
  });

  it('are made lazily: a million are planned without being listed', () => {
    const plan = planSweep(
      relu({
        parameters: { dims: 2 },
        axes: [
          { parameter: 'learningRate', log: { from: 1e-4, to: 0.1, count: 1000 } },
          { parameter: 'weightDecay', linear: { from: 0, to: 0.1, count: 1000 } },
        ],
      }),
    );
    expect(plan.size).toBe(1_000_000);
    expect(plan.axisValues(999_999)).toEqual({ learningRate: 0.1, weightDecay: 0.1, seed: 0 });
    expect(() => plan.cell(1_000_000)).toThrow('must be an integer from 0 to 999999');
  });
});

describe('a document that does not fit', () => {
  it.each([
    ['nothing', null, 'expected an object such as compute: train, got null'],
    ['no computation', {}, 'compute: is missing; add one of train'],
    ['an unknown computation', { compute: 'trian' }, 'did you mean train?'],
    ['an unknown key', relu({ axis: [] }), 'axis: is not known; did you mean axes?'],
    [
      'an unknown parameter',
      relu({ parameters: { learningrate: 1 } }),
      'did you mean learningRate',
    ],
    ['a missing parameter', relu({}), 'parameters.dims: is missing; add, for example, dims: 5'],
    ['no seeds', relu({ parameters: { dims: 2 }, seeds: 0 }), 'seeds: expected at least 1, got 0'],
    ['an unknown measurement', relu({ measurements: ['los'] }), 'did you mean loss'],
    [
      'a word for true',
      relu({ parameters: { dims: 2, bias: 'no' } }),
      'parameters.bias: expected true or false, got "no"; write true or false',
    ],
    [
      'an unknown formula',
      relu({ parameters: { dims: 2, importance: '0.9^j' } }),
      'or a power law such as (i+1)^-0.5, got "0.9^j"',
    ],
    [
      'a parameter both fixed and on an axis',
      relu({ axes: [{ parameter: 'density', values: [1] }] }),
      'parameters.density: density is on an axis too',
    ],
    [
      'a value that appears twice',
      relu({ axes: [{ parameter: 'dims', values: [1, 1] }] }),
      'axes[0].values[1]: 1 is listed twice',
    ],
    [
      'a seed that appears twice',
      relu({ parameters: { dims: 2 }, seeds: [1, 2, 1] }),
      'seeds[2]: 1 is listed twice',
    ],
    [
      'seeds that are not exact',
      relu({ parameters: { dims: 2 }, seeds: { from: Number.MAX_SAFE_INTEGER, count: 2 } }),
      'seeds: expected seeds below 2^53',
    ],
    [
      'densities for other features',
      relu({ parameters: { dims: 2, density: [0.1, 0.2] } }),
      'parameters.density: 2 distributions for 6 features',
    ],
    [
      'an axis with two forms',
      relu({ axes: [{ parameter: 'dims', values: [1], log: { from: 1, to: 2, count: 2 } }] }),
      'expected exactly one of values, linear, log, random, got values and log',
    ],
    [
      'weights of a computation without any',
      {
        compute: 'allocate',
        parameters: { importance: [1, 1], kurtosis: 9, dims: 1 },
        weights: true,
      },
      'weights: allocate has no weights',
    ],
  ])('is refused: %s', (_name, document, message) => {
    expect(refusal(document)).toContain(message);
  });

  it('is refused if an axis varies a parameter that has no effect', () => {
    const axes = [{ parameter: 'instances', values: [1, 2] }];
    expect(refusal(relu({ parameters: { dims: 2 }, axes }))).toContain(
      'axes[0].values[0]: instances: belongs to the initialisation notebook',
    );
  });

  it('is refused with the value on the axis', () => {
    const axes = [{ parameter: 'dims', values: [1, 8] }];
    expect(refusal(relu({ axes }))).toBe(
      'axes[0].values[1]: dims: must be an integer from 1 to 6, the number of features, got 8 (at dims 8)',
    );
    const rates = [
      { parameter: 'optimiser', values: ['adam', 'lbfgs'] },
      { parameter: 'learningRate', values: [0.1] },
    ];
    expect(refusal(relu({ parameters: { dims: 2 }, axes: rates }))).toContain(
      'axes[1].values[0]: learningRate: L-BFGS has none',
    );
  });

  it('is refused with file and line', () => {
    const text = 'compute: train\nparameters:\n  dims: 2\n  densty: 0.1\n';
    expect(refusalOf(text)).toBe(
      'sweep.yaml:4: parameters.densty: is not known; did you mean density?',
    );
    expect(refusalOf('compute: [')).toMatch(/^sweep.yaml:1: not valid YAML or JSON: /);
    expect(refusalOf('{\n\t"compute":\n\t"trian"\n}')).toMatch(/^sweep.yaml:3: compute: /);
  });

  it.each([
    ['compute: train\n"dims\\e[2J": 1\n', 'dims\\u{1b}[2J: is not known'],
    ['compute: "a\\nb"\n', 'compute: expected one of'],
    ['compute: *a\0b\n', 'Unresolved alias'],
    ['[a, b]: 1\n', 'With stringKeys, all keys must be strings'],
  ])('is refused in one printable line, whatever it holds: %j', (text, message) => {
    const found = refusalOf(text);
    expect(found).toContain(message);
    expect(found).not.toMatch(/\p{Cc}/u);
  });

  it('is told the nearest of many names', () => {
    expect(refusal(relu({ parameters: { dims: 2, model: 'x' } }))).toMatch(
      /^parameters\.model: is not known; did you mean \w+, \w+, \w+\?$/,
    );
  });
});
