import { measureCapacity } from '@polysem/core/capacity';
import { embedding, embeddingFromVectors } from '@polysem/core/embedding';
import { dynamics, type Checkpoint, type Partition } from '@polysem/core/geometry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settledPartitions } from '../src/geometry/partition-events.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';

/** A checkpoint of eight half-represented features, of which only the blocks matter. */
function withBlocks(step: number, blocks: Partition): Checkpoint {
  const w = embedding(4, 8);
  for (let i = 0; i < 8; i++) w.data[i * 4 + (i % 4)] = i < 4 ? 1 : -1;
  return { step, loss: 1 / (step + 1), embedding: w, blocks };
}

function eventsOf(partitions: Partition[], persistence?: number): string[] {
  const checkpoints = partitions.map((blocks, at) => withBlocks(10 * at, blocks));
  const { events } = dynamics(checkpoints, persistence === undefined ? {} : { persistence });
  const text = (blocks: Partition): string => blocks.map((block) => block.join('')).join('+');
  return events.map(({ step, kind, from, into }) => `${step} ${kind} ${text(from)}>${text(into)}`);
}

describe('events between partitions', () => {
  it.each<[string, Partition[], string[]]>([
    ['nothing', [[[0, 1]], [[1, 0]], [[0, 1]]], []],
    ['a block listed in another order', [[[0, 1]], [[0, 1]], [[1, 0]], [[1, 0]], [[1, 0]]], []],
    ['a block that forms', [[], [[0, 1]], [[0, 1]]], ['10 forms >01']],
    [
      'one that forms, with its features in order',
      [[], [[3, 0, 1]], [[1, 3, 0]]],
      ['10 forms >013'],
    ],
    ['one that dissolves', [[[0, 1]], [[0, 1]], [], []], ['20 dissolves 01>']],
    [
      'one that splits',
      [
        [[0, 1, 2, 3]],
        [[0, 1, 2, 3]],
        [
          [0, 1],
          [2, 3],
        ],
        [
          [2, 3],
          [0, 1],
        ],
      ],
      ['20 splits 0123>01+23'],
    ],
    [
      'two that merge',
      [
        [
          [0, 1],
          [2, 3],
        ],
        [
          [0, 1],
          [2, 3],
        ],
        [[0, 1, 2, 3]],
        [[0, 1, 2, 3]],
      ],
      ['20 merges 01+23>0123'],
    ],
    ['one that grows', [[[0, 1]], [[0, 1]], [[0, 1, 2]], [[0, 1, 2]]], ['20 grows 01>012']],
    ['one that shrinks', [[[0, 1, 2]], [[0, 1, 2]], [[0, 1]], [[0, 1]]], ['20 shrinks 012>01']],
    ['one that changes', [[[0, 1]], [[0, 1]], [[1, 2]], [[1, 2]]], ['20 changes 01>12']],
    [
      'several that rearrange while another stays',
      [
        [
          [0, 1],
          [2, 3],
          [6, 7],
        ],
        [
          [0, 1],
          [2, 3],
          [6, 7],
        ],
        [
          [0, 2],
          [1, 3],
          [6, 7],
        ],
        [
          [0, 2],
          [1, 3],
          [6, 7],
        ],
      ],
      ['20 rearranges 01+23>02+13'],
    ],
    [
      'several events at one step, ordered by first feature',
      [
        [[4, 5]],
        [[4, 5]],
        [
          [2, 3],
          [4, 5, 6],
          [0, 1],
        ],
        [
          [2, 3],
          [4, 5, 6],
          [0, 1],
        ],
      ],
      ['20 forms >01', '20 forms >23', '20 grows 45>456'],
    ],
    [
      'blocks that form within others, by first feature as well',
      [
        [],
        [],
        ...[1, 2].map(() => [
          [1, 6],
          [2, 3],
          [0, 7],
        ]),
      ],
      ['20 forms >07', '20 forms >16', '20 forms >23'],
    ],
    [
      'a block that dissolves within another that forms, by first feature as well',
      [[[5, 6]], [[5, 6]], [[0, 7]], [[0, 7]]],
      ['20 forms >07', '20 dissolves 56>'],
    ],
    [
      'a change for one checkpoint, which is no event',
      [[[0, 1]], [[0, 1]], [[0, 2]], [[0, 1]], [[0, 1]]],
      [],
    ],
    ['a block in the last checkpoint only, which is no event', [[], [], [[0, 1]]], []],
    [
      'a block that keeps changing, which dissolves until it settles',
      [[[0, 1]], [[0, 1]], [[0, 1, 2]], [[0, 1, 2, 3]], [[0, 1, 2, 3]]],
      ['20 dissolves 01>', '30 forms >0123'],
    ],
  ])('are found for %s', (_, partitions, expected) => {
    expect(eventsOf(partitions)).toEqual(expected);
  });

  it('need more or fewer checkpoints to confirm a change, by `persistence`', () => {
    const partitions: Partition[] = [[], [[0, 1]], [[0, 1]], [[0, 1, 2]], [[0, 1, 2]], [[0, 1, 2]]];
    expect(eventsOf(partitions, 0)).toEqual(['10 forms >01', '30 grows 01>012']);
    expect(eventsOf(partitions, 2)).toEqual(['30 forms >012']);
    expect(eventsOf([[[0, 1]], [[0, 2]]], 0)).toEqual(['10 changes 01>02']);
  });

  it('lead from the first partition to the last by disjoint blocks, whatever lies between', () => {
    const partition = fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 })
      .map((names) =>
        [1, 2, 3].flatMap((name) => {
          const block = [0, 1, 2, 3, 4].filter((i) => names[i] === name);
          return block.length > 0 ? [block] : [];
        }),
      );
    // Each partition lasts one to three checkpoints.
    const sequence = fc
      .array(fc.tuple(partition, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 7 })
      .map((list) =>
        list.flatMap(([blocks, times]) => Array.from({ length: times }, () => blocks)),
      );
    fc.assert(
      fc.property(sequence, fc.integer({ min: 0, max: 2 }), (partitions, persistence) => {
        const steps = partitions.map((_, at) => at);
        const { settled, events } = settledPartitions(steps, partitions, persistence);
        let state = new Set(settled[0].map((block) => block.join()));
        settled.forEach((blocks, at) => {
          const members = blocks.flat();
          expect(new Set(members).size).toBe(members.length);
          for (const { checkpoint, from, into } of events) {
            if (checkpoint !== at) continue;
            for (const block of from) expect(state.delete(block.join())).toBe(true);
            for (const block of into) {
              expect(state.has(block.join())).toBe(false);
              state.add(block.join());
            }
          }
          expect([...state].toSorted()).toEqual(blocks.map((block) => block.join()).toSorted());
          state = new Set(state);
        });
        if (persistence === 0) {
          expect(settled.at(-1)?.map((block) => block.join())).toEqual(
            partitions
              .at(-1)
              ?.toSorted((a, b) => a[0] - b[0])
              .map((block) => block.join()),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('dynamics', () => {
  it('splits off a feature that becomes full, and drops one that becomes ignored', () => {
    // A triangle whose first vector turns out of its plane, while a fourth feature fades.
    const moment = (step: number, turn: number, fourth: number): Checkpoint => {
      const [c, s] = [Math.cos(turn), Math.sin(turn)];
      return {
        step,
        loss: 1,
        embedding: embeddingFromVectors([
          [c, 0, s],
          [-1 / 2, Math.sqrt(3) / 2, 0],
          [-1 / 2, -Math.sqrt(3) / 2, 0],
          [0, fourth, 0],
        ]),
        blocks: [[3, 2, 1, 0]],
        shapes: ['unordered'],
      };
    };
    const right = Math.PI / 2;
    const { rows, events } = dynamics([
      moment(0, 0, 1),
      moment(10, 0, 1),
      moment(20, 0, 1e-2),
      moment(30, 0, 1e-2),
      moment(40, right, 1e-2),
      moment(50, right, 1e-2),
    ]);
    expect(events.map(({ step, kind, from, into }) => [step, kind, from, into])).toEqual([
      [20, 'shrinks', [[0, 1, 2, 3]], [[0, 1, 2]]],
      [40, 'splits', [[0, 1, 2]], [[0], [1, 2]]],
    ]);
    expect(rows.map(({ sizes, full, ignored }) => [sizes, full, ignored])).toEqual([
      [[4], [], []],
      [[4], [], []],
      [[3], [], [3]],
      [[3], [], [3]],
      [[2], [0], [3]],
      [[2], [0], [3]],
    ]);
    // The named shape was that of the whole block; the rest of the block has another one.
    expect(rows.map(({ shapes }) => shapes[0])).toEqual([
      'unordered',
      'unordered',
      null,
      null,
      null,
      null,
    ]);
    expect(rows[2].blockCapacity[0]).toBeCloseTo(2, 3);
  });

  it('has rows with the measurements of each checkpoint', () => {
    const checkpoints = [1, 2, 3].map((seed) => ({
      step: seed,
      loss: seed / 2,
      embedding: gaussianEmbedding(3, 6, seed),
      blocks: [
        [5, 2],
        [1, 0],
      ],
      shapes: ['antipodal pair', null],
    }));
    const { rows } = dynamics(checkpoints);
    rows.forEach((row, at) => {
      const { capacity, rank } = measureCapacity(checkpoints[at].embedding);
      expect(row.capacity).toEqual(capacity);
      expect(row.total).toBeCloseTo(sum(capacity), 12);
      expect(row.efficiency).toBeCloseTo(sum(capacity) / rank, 12);
      expect([row.step, row.loss]).toEqual([checkpoints[at].step, checkpoints[at].loss]);
      expect(row.blocks).toEqual([
        [0, 1],
        [2, 5],
      ]);
      expect(row.shapes).toEqual([null, 'antipodal pair']);
      expect(row.blockCapacity[1]).toBeCloseTo(capacity[2] + capacity[5], 12);
    });
    expect(dynamics([])).toEqual({ rows: [], events: [] });
  });

  it.each<[Partial<Checkpoint>, string]>([
    [{ step: 0 }, 'checkpoints[1].step: must exceed the previous step, 0, got 0'],
    [
      { embedding: gaussianEmbedding(4, 7, 1) },
      'must have 8 features, like the first checkpoint, got 7',
    ],
    [{ blocks: [[0, 8]] }, 'checkpoints[1].blocks: must hold integers from 0 to 7, got 8'],
    [{ blocks: [[0, 1], [1]] }, 'checkpoints[1].blocks: feature 1 is in two blocks'],
    [
      { shapes: ['triangle'] },
      'checkpoints[1].shapes: must have one entry for each of the 0 blocks, got 1',
    ],
  ])('refuses %j', (wrong, message) => {
    const checkpoints = [withBlocks(0, []), { ...withBlocks(1, []), ...wrong }];
    expect(() => dynamics(checkpoints)).toThrow(message);
  });

  it('counts a capacity at a limit to the blocks below, and to the full features above', () => {
    // Four features share the first dimension, and one has the second.
    const vectors = [1, 1, -1, 1].map((x) => [x, 0]);
    const w = embeddingFromVectors([...vectors, [0, 1]]);
    const checkpoint = { step: 0, loss: 0, embedding: w, blocks: [[0, 1, 2, 3], [4]] };
    const [row] = dynamics([checkpoint], { ignoredBelow: 0.25, fullTolerance: 0 }).rows;
    expect([...row.capacity]).toEqual([0.25, 0.25, 0.25, 0.25, 1]);
    expect(row).toMatchObject({ ignored: [], full: [4], blocks: [[0, 1, 2, 3]] });
  });

  it.each([
    [{ fullTolerance: 0.5 }, 'fullTolerance: must lie in [0, 0.5), got 0.5'],
    [{ ignoredBelow: -1 }, 'ignoredBelow: must lie in [0, 0.5), got -1'],
    [{ persistence: 0.5 }, 'persistence: must be a non-negative integer, got 0.5'],
    [{ integerTolerance: 0 }, 'integerTolerance: must lie in (0, 0.5], got 0'],
  ])('rejects the options %j', (options, message) => {
    expect(() => dynamics([], options)).toThrow(message);
  });
});
