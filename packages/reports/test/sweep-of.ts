import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  planSweep,
  runSweep,
  type CellExecutor,
  type CellFailure,
  type CellOutcome,
  type ResultValue,
} from '@polysem/runs/sweep';

/** Values along the axes of a cell, and its seed. */
export type At = Readonly<Record<string, number | string>>;
/** The made-up end of a cell: its values, a failure, or null to leave it open. */
export type End = Readonly<Record<string, ResultValue>> | CellFailure | null;

/** A folder of a sweep with made-up results. */
export async function sweepOf(document: object, endOf: (at: At) => End): Promise<string> {
  const folder = join(mkdtempSync(join(tmpdir(), 'polysem-show-')), 'made.sweep');
  const plan = planSweep(document);
  const executor: CellExecutor = {
    workers: 1,
    close: async () => {},
    run: async (cells, { keep }) => {
      const outcomes = Array.from(cells).flatMap(({ index, id }): CellOutcome[] => {
        const end = endOf(plan.axisValues(index));
        if (end === null) return [];
        return 'kind' in end
          ? [{ index, id, failure: end as CellFailure }]
          : [{ index, id, result: { values: end } }];
      });
      if (outcomes.length > 0) await keep(outcomes);
    },
  };
  await runSweep(plan, {
    folder,
    openExecutor: () => executor,
    signal: new AbortController().signal,
    onNote: () => {},
    onProgress: () => {},
  });
  return folder;
}
