import { describe, expect, it } from 'vitest';
import { dynamicsFigure, type DynamicsData } from '../src/index.ts';
import { textWidth } from '../src/svg/text.ts';
import { dynamics, PROVENANCE } from './samples.ts';
import { elements, labels, parseXml, textOf, type Node } from './xml.ts';

const options = { provenance: PROVENANCE };
const withClass = (root: Node, name: string, role: string): Node[] =>
  elements(root, name).filter((node) => (node.attributes.class ?? '').split(' ').includes(role));
const number = (node: Node, key: string): number => Number(node.attributes[key]);
const numbersOf = (text: string): number[] => (text.match(/-?[\d.]+/g) ?? []).map(Number);
const panelsOf = (root: Node): Node[] =>
  withClass(root, 'rect', 'ps-line').filter((rect) => number(rect, 'width') > 100);
const linesOf = (root: Node): Node[] =>
  elements(root, 'path').filter((path) => elements(path, 'title').length > 0);

/** Many features and checkpoints, each feature in a block of five. */
function many(features: number, checkpoints: number): DynamicsData {
  const steps = Array.from({ length: checkpoints }, (_, s) => s * 10);
  const each = Array.from({ length: features }, (_, i) => i);
  return {
    steps,
    loss: steps.map((s) => 1 / (s + 1)),
    capacity: steps.map(() => each.map((i) => i / (features - 1))),
    blockOf: steps.map((s) => each.map((i) => (s > i ? Math.floor(i / 5) : null))),
  };
}

describe('dynamicsFigure', () => {
  it('stacks four panels over a common axis of steps', () => {
    const root = parseXml(dynamicsFigure(dynamics(), options));
    const panels = panelsOf(root);
    expect(panels).toHaveLength(4);
    expect(new Set(panels.map((p) => p.attributes.x)).size).toBe(1);
    for (let i = 1; i < 4; i++) {
      expect(number(panels[i], 'y')).toBeGreaterThan(
        number(panels[i - 1], 'y') + number(panels[i - 1], 'height'),
      );
    }
    for (const name of ['loss', 'capacity C', 'blocks', 'feature', 'step']) {
      expect(elements(root, 'text').filter((t) => textOf(t) === name)).toHaveLength(1);
    }
  });

  it('draws one line per feature in the colour of its last block', () => {
    const root = parseXml(dynamicsFigure(dynamics(), options));
    const lines = linesOf(root);
    expect(lines.map((line) => line.attributes.class)).toEqual([
      'ps-l2',
      'ps-line',
      'ps-line',
      'ps-l1',
    ]);
    const panel = panelsOf(root)[1];
    const [y, height] = [number(panel, 'y'), number(panel, 'height')];
    // The axis reaches from -0.02 to 1.02.
    const level = (c: number) => y + ((1.02 - c) / 1.04) * height;
    const drawn = numbersOf(lines[0].attributes.d);
    [0.1, 0.3, 0.5, 0.7, 1].forEach((c, s) => expect(drawn[2 * s + 1]).toBeCloseTo(level(c), 1));
  });

  it('fills the strip by block, half-way between checkpoints', () => {
    const data = { ...dynamics(), steps: [0, 1, 2, 3, 4], events: [] };
    const root = parseXml(dynamicsFigure(data, options));
    const strip = panelsOf(root)[3];
    const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((key) => number(strip, key));
    const runs = withClass(root, 'path', 'ps-b0').flatMap((path) =>
      [...path.attributes.d.matchAll(/M([\d.]+) ([\d.]+)h([\d.]+)v/g)].map((run) =>
        run.slice(1).map(Number),
      ),
    );
    // Features by their last block: 3 of block 1, 0 of block 2, and those in none.
    const cells = runs.map(([left, top, length]) => [
      ((left - x) / width) * 4,
      ((left + length - x) / width) * 4,
      ((top - y) / height) * 4,
    ]);
    expect(cells).toHaveLength(2);
    cells.forEach(([from, to, row], k) => {
      expect(from).toBeCloseTo(0.5, 2);
      expect(to).toBeCloseTo(3.5, 2);
      expect(row).toBeCloseTo(k + 1, 2);
    });
  });

  it('counts the blocks of each checkpoint', () => {
    const root = parseXml(dynamicsFigure({ ...dynamics(), steps: [0, 1, 2, 3, 4] }, options));
    const panel = panelsOf(root)[2];
    const stairs = withClass(root, 'path', 'ps-rule').filter(
      ({ attributes }) => attributes['stroke-width'] === '1.6',
    )[1];
    const levels = numbersOf(stairs.attributes.d).filter((_, i) => i % 2 === 1);
    const bottom = number(panel, 'y') + number(panel, 'height');
    const one = number(panel, 'height') / 2 / 1.12;
    [0, 1, 2, 2, 2].forEach((count, s) => {
      for (const end of [0, 1]) expect(bottom - levels[2 * s + end]).toBeCloseTo(count * one, 1);
    });
  });

  it('draws events as lines across all panels with labels that do not touch', () => {
    const events = Array.from({ length: 12 }, (_, k) => ({ step: k * 100, label: `event ${k}` }));
    const data = { ...many(4, 120), events: [...events, { step: 1e9, label: 'beyond' }] };
    const svg = dynamicsFigure(data, options);
    const root = parseXml(svg);
    const panels = panelsOf(root);
    const lines = elements(root, 'path').filter((p) => p.attributes['stroke-dasharray'] === '3 3');
    expect(lines).toHaveLength(12);
    const bottom = number(panels[3], 'y') + number(panels[3], 'height');
    for (const { attributes } of lines) {
      const [, from, , to] = numbersOf(attributes.d);
      expect(from).toBeLessThan(number(panels[0], 'y'));
      expect(to).toBeCloseTo(bottom, 1);
    }
    const spans = elements(root, 'text')
      .filter((t) => textOf(t).startsWith('event'))
      .map((t) => {
        const length = textWidth(textOf(t), 10.5);
        const x = number(t, 'x') - (t.attributes['text-anchor'] === 'end' ? length : 0);
        return { x, end: x + length, y: number(t, 'y') };
      });
    expect(spans).toHaveLength(12);
    spans.forEach((a, i) => {
      for (const b of spans.slice(0, i)) {
        expect(a.x >= b.end || b.x >= a.end || Math.abs(a.y - b.y) >= 11).toBe(true);
      }
    });
    expect(labels(svg)).not.toContain('beyond');
  });

  it('counts the events without room for a label', () => {
    const events = Array.from({ length: 60 }, (_, k) => ({ step: 600, label: `event ${k}` }));
    const svg = dynamicsFigure({ ...many(4, 120), events }, options);
    expect(labels(svg)).toContain('54 more events are drawn as lines without labels');
  });

  it('draws quantiles of many features', () => {
    const root = parseXml(dynamicsFigure(many(101, 20), options));
    expect(linesOf(root)).toHaveLength(0);
    const panel = panelsOf(root)[1];
    const level = (c: number) => number(panel, 'y') + ((1.02 - c) / 1.04) * number(panel, 'height');
    const bands = withClass(root, 'path', 'ps-full').map((p) => numbersOf(p.attributes.d));
    // Capacities are 0, 0.01 ... 1 throughout: a quantile is its own number.
    [
      [1, 0],
      [0.9, 0.1],
      [0.75, 0.25],
    ].forEach(([high, low], k) => {
      expect(bands[k][1]).toBeCloseTo(level(high), 1);
      expect(bands[k].at(-1)).toBeCloseTo(level(low), 1);
    });
    expect(labels(dynamicsFigure(many(101, 20), options))).toEqual(
      expect.arrayContaining(['median', '10 to 90 %', '25 to 75 %', 'and 9 more blocks']),
    );
  });

  it('stays small for thousands of features', () => {
    const svg = dynamicsFigure(many(3000, 100), options);
    expect(svg.length).toBeLessThan(400_000);
    expect(labels(svg).length).toBeLessThan(100);
  });

  it('puts step 0 at the left edge of a log axis', () => {
    const svg = dynamicsFigure({ ...dynamics(), scale: 'log' }, options);
    const root = parseXml(svg);
    const x = number(panelsOf(root)[1], 'x');
    const drawn = numbersOf(linesOf(root)[0].attributes.d);
    expect(drawn[0]).toBeCloseTo(x, 1);
    expect(drawn[4] - drawn[2]).toBeCloseTo(drawn[6] - drawn[4], 1);
    expect(labels(svg)).toContain('step (0 at the left edge)');
  });

  it('accepts missing values, even if all are missing', () => {
    const gaps = dynamics();
    const capacity = gaps.capacity.map((row, s) =>
      Array.from(row).map((c, i) => (s === i ? Number.NaN : c)),
    );
    const none = gaps.capacity.map(() => [Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    const loss = [Number.NaN, 0, -1, Infinity, 2];
    const unknown = loss.map(() => Number.NaN);
    for (const data of [
      { ...gaps, capacity, loss },
      { ...gaps, capacity: none, loss: unknown, scale: 'log' as const },
      { ...many(50, 3), capacity: many(50, 3).capacity.map((row) => Array.from(row, () => NaN)) },
    ]) {
      expect(() => parseXml(dynamicsFigure(data, options))).not.toThrow();
    }
  });

  it('rejects steps that do not ascend, lists of other lengths, and numbers out of range', () => {
    const of = (data: object) => () => dynamicsFigure({ ...dynamics(), ...data }, options);
    expect(of({ steps: [0] })).toThrow('needs at least 2 checkpoints');
    expect(of({ steps: [0, 1, 1, 2, 3] })).toThrow('steps[2]');
    expect(of({ loss: [1] })).toThrow('loss must have 5 rows, got 1');
    expect(of({ capacity: [] })).toThrow('capacity must have 5 rows');
    expect(of({ capacity: dynamics().capacity.with(2, [1]) })).toThrow('capacity[2]');
    expect(of({ capacity: dynamics().capacity.with(1, [2, 0, 0, 0]) })).toThrow('in [0, 1]');
    expect(of({ blockOf: dynamics().blockOf.with(1, [0, 0, 0, -1]) })).toThrow('blockOf[1][3]');
    expect(of({ labels: ['a'] })).toThrow('labels must have 4 values');
    expect(of({ events: [{ step: Number.NaN, label: '' }] })).toThrow('step of an event');
  });
});
