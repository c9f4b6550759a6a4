import {
  axisValues,
  checkPhaseSpec,
  phaseRow,
  type PhaseRow,
  type PhaseSpec,
} from '@polysem/engine/phase';
import { revision, version } from '@polysem/core/version';
import { identity } from './identity.ts';
import { openStore } from './store/run-store.ts';

/** A complete phase diagram. Grids are row-major: rows of density, columns of importance. */
export interface PhaseDiagram {
  readonly spec: PhaseSpec;
  readonly version: string;
  readonly density: Float64Array;
  readonly importance: Float64Array;
  /** Predicted capacity of the varied feature, and the predicted loss. */
  readonly capacity: Float64Array;
  readonly loss: Float64Array;
  /** True where other allocations are equally good. */
  readonly degenerate: readonly boolean[];
  readonly trained: TrainedDiagram | null;
}

/** Results of training, one number per cell. */
export interface TrainedDiagram {
  readonly capacity: Float64Array;
  readonly loss: Float64Array;
  /** (loss - predicted) / predicted. */
  readonly gap: Float64Array;
  readonly restarts: Float64Array;
}

/** Options of a long run. */
export interface RunOptions {
  /** File for the journal of finished parts; no journal by default. */
  readonly journal?: string;
  /** Called periodically with the fraction done. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Computes a phase diagram row by row. With a journal, rows that an interrupted run of the same
 * spec and version finished are reused, and the result is the same, byte for byte.
 *
 * @param spec the phase diagram.
 * @param options journal and progress callback.
 * @returns the diagram.
 * @throws RangeError if the spec is malformed.
 */
export async function runPhase(spec: PhaseSpec, options: RunOptions = {}): Promise<PhaseDiagram> {
  checkPhaseSpec(spec);
  const store =
    options.journal === undefined
      ? null
      : openStore(options.journal, identity({ version, revision, spec }));
  const rows: PhaseRow[] = [];
  for (let row = 0; row < spec.density.count; row++) {
    const part = `row-${row}`;
    let result = store?.finished(part) as PhaseRow | undefined;
    if (result === undefined) {
      result = phaseRow(spec, row);
      store?.finish(part, result);
    }
    rows.push(result);
    options.onProgress?.((row + 1) / spec.density.count);
    // Gives interrupts a chance: computing a row does not yield to the event loop.
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setImmediate(resolve));
  }
  store?.remove();
  return assemble(spec, rows);
}

function assemble(spec: PhaseSpec, rows: readonly PhaseRow[]): PhaseDiagram {
  const grid = (pick: (row: PhaseRow) => readonly number[]) =>
    Float64Array.from(rows.flatMap(pick));
  const trained = rows.flatMap((row) => row.trained ?? []);
  return {
    spec,
    version,
    density: axisValues(spec.density),
    importance: axisValues(spec.importance),
    capacity: grid((row) => row.capacity),
    loss: grid((row) => row.loss),
    degenerate: rows.flatMap((row) => row.degenerate),
    trained:
      trained.length === 0
        ? null
        : {
            capacity: Float64Array.from(trained.flatMap((row) => row.capacity)),
            loss: Float64Array.from(trained.flatMap((row) => row.loss)),
            gap: Float64Array.from(trained.flatMap((row) => row.gap)),
            restarts: Float64Array.from(trained.flatMap((row) => row.restarts)),
          },
  };
}
