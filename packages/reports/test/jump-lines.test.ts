import type { GridDiagram, RefinedStep } from '@polysem/engine/phase';
import { expect, it } from 'vitest';
import { jumpLines } from '../src/phase/index.ts';

it('draws a jump across its row, from the geometric middle of the rows below to that of the rows above', () => {
  const y = { parameter: 'density', values: [1, 0.25, 0.0625] };
  const step = { row: 1, from: 2, to: 8, capacityFrom: 0, capacityTo: 1 };
  const { lines } = jumpLines({ spec: { y } } as unknown as GridDiagram, [step as RefinedStep]);
  expect(lines?.[0].points).toEqual([
    [4, 0.5],
    [4, 0.125],
    [NaN, NaN],
  ]);
});

it('draws no line where the capacity rises steadily, or where rows are whole numbers', () => {
  const step = { row: 0, from: 1, to: 2, capacityFrom: 0.45, capacityTo: 0.5 } as RefinedStep;
  const jump = { ...step, capacityTo: 1 };
  const diagram = (parameter: string) =>
    ({ spec: { y: { parameter, values: [1, 2] } } }) as unknown as GridDiagram;
  expect(jumpLines(diagram('density'), [step])).toEqual({});
  expect(jumpLines(diagram('density'), [jump]).lines).toHaveLength(1);
  expect(jumpLines(diagram('dims'), [jump])).toEqual({});
});
