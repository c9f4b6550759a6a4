import { boundaries, planPhase, type PhaseSpec } from '@polysem/engine/phase';
import { describe, expect, it } from 'vitest';
import { openRowRunner, runPhase } from '../src/index.ts';
import {
  equalImportanceClaims,
  exampleClaims,
  exampleNetwork,
  figure2,
  figure2Claims,
  figure4Claims,
  type Claim,
  type Figure4,
} from '../src/reproduce/index.ts';
import { figure4SampledSpec, figure4Spec } from '../src/reproduce/figure4/figure4.ts';
import { insetResult, insets } from '../src/reproduce/figure4/insets.ts';
import { trainedPoints } from '../src/reproduce/figure4/trained-points.ts';
import { atMost, brief, equal, moreThan, yes } from '../src/reproduce/claim.ts';

describe('boundaries', () => {
  it('stay inside the diagram and follow the kurtosis of any distribution', () => {
    const [left, right] = boundaries(figure4Spec(64, 0));
    for (const [v] of [...left.points, ...right.points]) expect(v >= 0.01 && v <= 100).toBe(true);
    // Gaussian inputs have the critical kurtosis at density 1, where both boundaries meet at V = 1.
    const gaussian = boundaries({ ...figure4Spec(64, 0), shape: 'gaussian' });
    expect(gaussian.map((line) => line.points[0])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(boundaries({ ...figure4Spec(64, 0), dims: 6 })).toEqual([]);
  });
});

describe('claims', () => {
  const statement = { id: 'x', claim: 'y', source: 'z' };
  it('fail if the number is wrong or NaN', () => {
    expect(equal(statement, 1, 1.05, 0.1).pass).toBe(true);
    expect(equal(statement, 1, 1.2, 0.1).pass).toBe(false);
    expect(equal(statement, 1, NaN, 0.1).pass).toBe(false);
    expect(atMost(statement, 0.2, 0.1).pass).toBe(false);
    expect(atMost(statement, NaN, 0.1).pass).toBe(false);
    expect(
      [moreThan(statement, 1, 1.1), moreThan(statement, 1, 1)].map(({ pass }) => pass),
    ).toEqual([true, false]);
    expect(moreThan(statement, 1, NaN).pass).toBe(false);
    expect([yes(statement, true), yes(statement, false)].map(({ pass }) => pass)).toEqual([
      true,
      false,
    ]);
  });

  it('state numbers with two digits', () => {
    expect([0, 9.3031e-9, 0.0025249, 0.4, 13.4, 123_456, 2e7, NaN].map(brief)).toEqual([
      '0',
      '9.3e-9',
      '0.0025',
      '0.4',
      '13',
      '120000',
      '2e7',
      'NaN',
    ]);
  });

  it('about Figure 2 pass, and fail for another price', () => {
    const figure = figure2();
    expect(figure2Claims(figure).every((claim) => claim.pass)).toBe(true);
    const wrong = { ...figure, capacity: figure.capacity.map((c) => c / 2) };
    expect(figure2Claims(wrong).some((claim) => !claim.pass)).toBe(true);
  });
});

describe('claims about Figure 4 and the example networks', () => {
  const coarse = async (): Promise<Figure4> => {
    const exact = figure4Spec(64, 0);
    const sampled = figure4SampledSpec(64, 0);
    const thin = (spec: PhaseSpec): PhaseSpec => ({
      ...spec,
      density: { ...spec.density, count: 7 },
      importance: { ...spec.importance, count: 8 },
    });
    const runner = await openRowRunner({ threads: 1 });
    return {
      exact: await runPhase(planPhase(thin(exact)), runner),
      sampled: await runPhase(planPhase(thin(sampled)), runner),
      boundaries: boundaries(exact),
      insets: insets.map((inset) => insetResult(inset, 6, 3)),
      publishedInsets: insets.map((inset) => insetResult(inset, 2, 1)),
      points: trainedPoints(insets, 0),
    };
  };

  it('pass, and fail for altered networks', async () => {
    const figure = await coarse();
    const failed = (claims: readonly Claim[]): string[] =>
      claims.flatMap((claim) => (claim.pass ? [] : [claim.id]));
    expect(failed(figure4Claims(figure))).toEqual([]);

    const trained = figure.exact.trained!;
    const shifted = {
      ...trained,
      capacity: trained.capacity.map((c) => (c + 0.02) / 1.02),
      gap: trained.gap.map((gap) => gap - 1e-3),
    };
    expect(
      failed(figure4Claims({ ...figure, exact: { ...figure.exact, trained: shifted } })),
    ).toEqual(
      expect.arrayContaining([
        'figure4-exact-capacity',
        'figure4-exact-below',
        'figure4-monosemantic',
      ]),
    );
    const noisy = {
      ...figure.sampled.trained!,
      capacity: figure.sampled.capacity.map((c) => Math.abs(c - 0.05)),
    };
    expect(
      failed(figure4Claims({ ...figure, sampled: { ...figure.sampled, trained: noisy } })),
    ).toEqual(['figure4-sampled-capacity']);
    const swapped = { ...figure, insets: figure.publishedInsets };
    expect(failed(figure4Claims(swapped))).toEqual(['inset-f']);
    const { critical, dense, insets: atInsets } = figure.points;
    const points = {
      critical: critical.map((one) => ({ ...one, gap: 1e-6, capacity: critical[0].capacity })),
      dense: [critical[0], ...dense.slice(1)],
      insets: atInsets.toReversed(),
    };
    expect(failed(figure4Claims({ ...figure, points }))).toEqual([
      'critical-loss',
      'critical-spread',
      'critical-dense',
      'inset-phases',
    ]);
    expect(() => figure4Claims({ ...figure, exact: { ...figure.exact, trained: null } })).toThrow(
      'predicted only',
    );

    const network = exampleNetwork(2, 0);
    expect(failed(exampleClaims(network))).toEqual([]);
    const other = { ...network, trained: exampleNetwork(3, 0).trained };
    expect(failed(exampleClaims(other))).toEqual(
      expect.arrayContaining([
        'network-8-in-2-capacity',
        'network-8-in-2-total',
        'network-8-in-2-lengths',
      ]),
    );
    expect(failed(equalImportanceClaims(0))).toEqual([]);
  });
});

describe('figure 4', () => {
  it('has the axes of the paper, and the same rows with sampled inputs', () => {
    const [exact, sampled] = [figure4Spec(64, 0), figure4SampledSpec(64, 0)];
    expect([exact.density.count, exact.importance.count]).toEqual([64, 64]);
    expect((exact.density.to / exact.density.from) ** (1 / 63)).toBeCloseTo(
      (sampled.density.to / sampled.density.from) ** (1 / 42),
      12,
    );
  });

  it('has insets whose capacities sum to D', () => {
    for (const inset of insets) {
      const { groups, price } = insetResult(inset, 6, 3);
      expect(groups.reduce((sum, group) => sum + group.count * group.capacity, 0)).toBeCloseTo(
        3,
        12,
      );
      expect(groups.reduce((sum, group) => sum + group.count, 0)).toBe(6);
      for (const group of groups)
        if (group.phase === 'partial') expect(group.benefit / price).toBeCloseTo(1, 12);
    }
    expect(insetResult(insets[2], 6, 3).degenerate).toBe(true);
  });
});
