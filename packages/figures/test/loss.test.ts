import { describe, expect, it } from 'vitest';
import { lossFigure, type LossData } from '../src/index.ts';
import { PROVENANCE } from './samples.ts';
import { elements, labels, parseXml, textOf, type Node } from './xml.ts';

const options = { provenance: PROVENANCE };
const steps = [0, 1, 10, 100];
const data: LossData = {
  restarts: [
    { steps, loss: [8, 4, 2, 2] },
    { steps, loss: [16, 4, 2, 1] },
    { steps, loss: [8, 4, NaN, 4] },
  ],
  optimum: 1,
};

/** The line of each restart, with its points in pixels. */
function curves(root: Node): { name: string; role: string | undefined; points: number[] }[] {
  return elements(root, 'path')
    .filter((path) => textOf(path).startsWith('restart'))
    .map((path) => ({
      name: textOf(path),
      role: path.attributes.class,
      points: (path.attributes.d.match(/[-\d.]+/g) ?? []).map(Number),
    }));
}

describe('lossFigure', () => {
  it('emphasises the restart with the smallest last loss and draws it last', () => {
    const root = parseXml(lossFigure(data, options));
    expect(curves(root).map(({ name, role }) => [name, role])).toEqual([
      ['restart 0: 2', 'ps-line'],
      ['restart 2: 4', 'ps-line'],
      ['restart 1: 1', 'ps-l0'],
    ]);
    expect(labels(lossFigure(data, options))).toContain('best restart (1)');
  });

  it('draws equal ratios of losses at equal distances, with the optimum at its level', () => {
    const root = parseXml(lossFigure(data, options));
    const best = curves(root)[2].points;
    const levels = [1, 3, 5, 7].map((i) => best[i]);
    expect(levels[1] - levels[0]).toBeCloseTo(2 * (levels[3] - levels[2]), 1);
    const [, optimum] = elements(root, 'path').filter(
      ({ attributes }) => attributes.class === 'ps-l1',
    );
    expect(Number(optimum.attributes.d.split(/[ L]/)[1])).toBeCloseTo(levels[3], 1);
  });

  it('puts step 0 at the left edge and interrupts the line at a missing loss', () => {
    const root = parseXml(lossFigure(data, options));
    const frame = elements(root, 'rect').find(({ attributes }) => attributes.class === 'ps-line');
    const [first, broken] = curves(root);
    expect(first.points[0]).toBeCloseTo(Number(frame?.attributes.x), 1);
    expect(broken.points).toHaveLength(6);
  });

  it('rejects missing restarts, lists of other lengths, and an unknown best restart', () => {
    const of = (change: Partial<LossData>) => () => lossFigure({ ...data, ...change }, options);
    expect(of({ restarts: [] })).toThrow('at least one restart');
    expect(of({ restarts: [{ steps, loss: [1] }] })).toThrow('4 steps and 1 losses');
    expect(of({ restarts: [{ steps: [0, 0], loss: [1, 1] }] })).toThrow('restarts[0].steps[1] = 0');
    expect(of({ restarts: [{ steps: [0, 1], loss: [0, NaN] }] })).toThrow('one positive loss');
    expect(of({ best: 3 })).toThrow('from 0 to 2, got 3');
    expect(of({ optimum: 0 })).toThrow('optimum: must be positive');
  });
});
