import { activationNames } from '@polysem/engine/activations';
import { tasks } from '@polysem/engine/models';
import { distributionNames } from '@polysem/core/features';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHOICES } from '../src/model/choices.ts';
import { readLink, writeLink } from '../src/state/link.ts';
import {
  consistent,
  initialState,
  networkOf,
  type AxisState,
  type LabState,
} from '../src/state/state.ts';
import { LINK_VERSION, table } from '../src/state/table.ts';

const between = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true }).map((value) => (value === 0 ? 0 : value));
const axis = (
  parameter: AxisState['parameter'],
  min: number,
  max: number,
): fc.Arbitrary<AxisState> =>
  fc
    .record({
      parameter: fc.constant(parameter),
      from: between(min, max),
      to: between(min, max),
      count: fc.integer({ min: 1, max: 128 }),
    })
    .filter(({ from, to }) => from !== to);

/** States in which nothing is pinned. */
const unpinned: fc.Arbitrary<LabState> = fc
  .record({
    pin: fc.constant(null),
    features: fc.integer({ min: 1, max: 200 }),
    dims: fc.integer({ min: 1, max: 64 }),
    task: fc.constantFrom(...tasks),
    activation: fc.constantFrom(...activationNames),
    importance: fc.oneof(
      between(1e-6, 1e6),
      fc.array(between(1e-6, 1e6), { minLength: 2, maxLength: 200 }),
    ),
    density: fc.oneof(
      between(1e-4, 1),
      fc.array(between(1e-4, 1), { minLength: 2, maxLength: 200 }),
    ),
    shape: fc.constantFrom('usual', ...distributionNames),
    correlation: fc.oneof(
      fc.constant(null),
      fc.record({
        kind: fc.constantFrom('together', 'one-of'),
        groups: fc.oneof(
          fc.integer({ min: 1, max: 200 }),
          fc.constant([
            [0, 1],
            [2, 4],
          ]),
        ),
      }),
      fc.record({
        kind: fc.constant('copula'),
        loadings: fc.oneof(
          between(-1, 1),
          fc.array(between(-1, 1), { minLength: 1, maxLength: 200 }),
        ),
      }),
    ),
    x: axis('importance', 1e-6, 1e6),
    y: axis('density', 1e-4, 1),
    seed: fc.maxSafeNat(),
    restarts: fc.integer({ min: 1, max: 256 }),
    steps: fc.integer({ min: 1, max: 1_000_000 }),
    batch: fc.integer({ min: 1, max: 65_536 }),
    learningRate: between(1e-6, 1),
    start: fc.option(fc.integer({ min: 1, max: 256 })),
    step: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
    hold: fc.option(
      fc.record({ feature: fc.integer({ min: 0, max: 199 }), capacity: between(0, 1) }),
    ),
    published: fc.boolean(),
    view: fc.constantFrom('both', 'difference', 'phases'),
    guide: fc.option(fc.integer({ min: 1, max: 9 })),
    embed: fc.boolean(),
    panel: fc.constantFrom('lab', 'diagram', 'budget', 'network', 'shares'),
    page: fc.constantFrom('lab', 'model'),
    weights: fc.constantFrom(null, 'example:bytes', 'weights/a b&c.npy', 'hf://owner/model'),
    matrix: fc.option(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme-ascii' })),
    how: fc.subarray([...CHOICES]),
    file: fc.constantFrom(null, 'weights/a b&c.json'),
  })
  .map((state) => consistent(state as LabState));
const states: fc.Arbitrary<LabState> = fc
  .tuple(unpinned, fc.option(unpinned.map(networkOf)))
  .map(([state, pin]) => ({ ...state, pin }));

describe('a link', () => {
  it('restores every state exactly', () => {
    fc.assert(
      fc.property(states, (state) => {
        const read = readLink(`#${writeLink(state)}`);
        expect(read.ignored).toEqual([]);
        expect(read.state).toEqual(state);
      }),
      { numRuns: 500 },
    );
  });

  it('of the initial state holds nothing but the version', () => {
    expect(writeLink(initialState)).toBe(`v=${LINK_VERSION}`);
    expect(readLink('')).toEqual({ state: initialState, ignored: [] });
  });

  it('keeps what is right and names what is not', () => {
    const { state, ignored } = readLink('#v=1&n=8&p=7&colour=red&d=0&m=compresion');
    expect(state).toEqual({ ...initialState, features: 8 });
    expect(ignored).toEqual([
      'p 7 (allowed: 0.0001 to 1)',
      'colour: is not a setting of this version',
      'd 0 (allowed: a whole number from 1 to 64)',
      'm compresion (allowed: computation, compression, vector-computation)',
    ]);
  });

  it('takes loadings of a common factor, but no correlation matrix', () => {
    expect(readLink('#n=2&d=1&corr=copula:[0.5,-1]')).toMatchObject({
      state: { correlation: { kind: 'copula', loadings: [0.5, -1] } },
      ignored: [],
    });
    for (const value of ['[[1,0],[0,1]]', '[]', '[0.5,"1"]', '[0.5,1.1]', '"0.5"', '{}']) {
      const { state, ignored } = readLink(`#n=2&d=1&corr=copula:${value}`);
      expect(state.correlation).toBeNull();
      expect(ignored).toEqual([
        `corr copula:${value} (allowed: together:2, one-of:3, together:[[0,1],[2,4]], copula:0.5 or copula:[0.5,-0.2,..])`,
      ]);
    }
  });

  it('of another version is read as far as it goes', () => {
    const { state, ignored } = readLink('#v=9&n=8');
    expect(state.features).toBe(8);
    expect(ignored).toEqual(['v 9: this page reads version 1; some parts may differ']);
  });

  it('with more dimensions than features, lists of a wrong length or one parameter twice says so', () => {
    expect(readLink('#n=2&d=5').ignored).toEqual(['d 5 (allowed: up to n, which is 2)']);
    expect(readLink('#n=4&V=1,2,3').ignored).toEqual([
      'V: needs one number, or 4, one per feature',
    ]);
    expect(readLink('#n=4&corr=copula:[0.5,-0.2]').ignored).toEqual([
      'corr: needs one number, or 4, one per feature',
    ]);
    expect(readLink('#n=4&hold=4:0.5').ignored).toEqual([
      'hold 4 (allowed: one of at least two features, from 0)',
    ]);
    expect(readLink('#hold=0:1.5').ignored).toEqual([
      'hold 0:1.5 (allowed: such as 0:0.9, a feature and a capacity from 0 to 1)',
    ]);
    const twice = readLink('#x=density=1:0.1:4');
    expect(twice.ignored).toEqual(['x and y: both vary density']);
    expect(twice.state).toEqual(initialState);
  });

  it('holds a pinned network, all of which must be accepted', () => {
    const { state } = readLink('#n=8&pin=v=1;n=5;d=2;corr=together:[[0,1],[2,4]];hold=0:0.9;t=37');
    expect(state).toEqual({
      ...initialState,
      features: 8,
      pin: {
        ...networkOf(initialState),
        features: 5,
        dims: 2,
        correlation: {
          kind: 'together',
          groups: [
            [0, 1],
            [2, 4],
          ],
        },
        hold: { feature: 0, capacity: 0.9 },
        step: 37,
      },
    });
    expect(readLink('#pin=v=1').state.pin).toEqual(networkOf(initialState));
    const ignored = (pin: string): readonly string[] => {
      const read = readLink(`#n=8&pin=${pin}`);
      expect(read.state).toEqual({ ...initialState, features: 8 });
      return read.ignored;
    };
    const form = '(allowed: a pinned network, such as v=1;n=5;d=2)';
    expect(ignored('')).toEqual([`pin  ${form}`]);
    expect(ignored('n=5')).toEqual([`pin n=5 ${form}`]);
    expect(ignored('v=2;n=5')).toEqual([`pin v=2;n=5 ${form}`]);
    expect(ignored('v=1;view=both')).toEqual([`pin v=1;view=both ${form}`]);
    expect(ignored('v=1;pin=v=1')).toEqual([`pin v=1;pin=v=1 ${form}`]);
    expect(ignored('v=1;p=7')).toEqual(['pin v=1;p=7 (allowed: in it, p is 0.0001 to 1)']);
    expect(ignored('v=1;n=2;d=5')).toEqual([
      'pin v=1;n=2;d=5 (allowed: its sizes, lists, start and held feature fit together)',
    ]);
  });

  it('of any text gives a state that a link restores', () => {
    const names = Object.values(table).map(({ name }) => name);
    const setting = fc
      .tuple(fc.oneof(fc.constantFrom(...names), fc.string()), fc.string())
      .map((pair) => pair.join('='));
    const pin = fc.array(setting).map((parts) => `pin=${['v=1', ...parts].join(';')}`);
    const part = fc.oneof(setting, pin);
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const { state } = readLink(parts.join('&'));
        expect(readLink(writeLink(state)).state).toEqual(state);
      }),
      { numRuns: 500 },
    );
  });
});
