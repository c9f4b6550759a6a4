import { revision, version } from '@polysem/core/version';
import type { Allocation } from '@polysem/core/theory';
import { holdSpec, trainingSpec } from '../state/specs.ts';
import { densitiesOf, importancesOf, type LabState } from '../state/state.ts';
import { letterOf } from '../view/blocks.ts';
import type { DiagramCells } from '../workers/diagram.ts';
import type { HeldPoint } from '@polysem/engine/phase';
import type { LabResult } from '../workers/messages.ts';
import type { Snapshot } from '../workers/snapshot.ts';

/** Results under a held capacity. */
export interface HeldResults {
  readonly point: HeldPoint | null;
  /** The optimum without holding. */
  readonly free: HeldPoint | null;
  readonly curve: readonly HeldPoint[];
}

/** Contents of the page, for files. */
export interface ShownResults {
  readonly state: LabState;
  readonly link: string;
  readonly kernel: string;
  readonly shown: Snapshot;
  readonly result: LabResult | null;
  /** The held network and the curve of its loss; null if nothing is held. */
  readonly held: HeldResults | null;
  readonly theory: Allocation;
  readonly columns: readonly number[];
  readonly rows: readonly number[];
  readonly predicted: DiagramCells | null;
  readonly trained: DiagramCells | null;
}

/** Everything that decides the results. */
export function configurationOf({ state, link, kernel }: ShownResults): object {
  const { history: _history, ...spec } = trainingSpec(state);
  const held = state.hold === null ? null : holdSpec(state);
  return { link, kernel, training: spec, ...(held && { held }), x: state.x, y: state.y };
}

const plain = (values: ArrayLike<number>): number[] => Array.from(values);

/** Capacities by cell; null where a cell is not computed. */
const cells = (diagram: DiagramCells | null): (number | null)[] | null =>
  diagram === null ? null : Array.from(diagram.capacity, (c) => (Number.isNaN(c) ? null : c));

/** Slope of the loss at the held capacity, loss of the optimum without holding, and loss against the held capacity. */
function worthOf(held: HeldResults | null): object | null {
  if (held === null) return null;
  const { point, free, curve } = held;
  return {
    slope: point?.best?.slope ?? null,
    leftAlone: free?.best?.loss ?? null,
    curve: curve.map(({ capacity, best }) => ({ capacity, loss: best?.loss ?? null })),
  };
}

/** The results as JSON, with configuration, seed and version. Numbers that are not finite are null. */
export function resultsJson(results: ShownResults): string {
  const { state, shown, theory, columns, rows, predicted, trained } = results;
  // Error and gap belong to a start at its end, not to a step before it or to a held network.
  const end = state.hold === null && state.step === null ? results.result : null;
  return JSON.stringify(
    {
      version,
      revision,
      seed: state.seed,
      configuration: configurationOf(results),
      network: {
        start: state.hold === null ? (results.result?.start ?? null) : null,
        best: results.result?.best ?? null,
        step: shown.step,
        loss: shown.loss,
        held: state.hold,
        ...worthOf(results.held),
        lossError: end?.lossError ?? null,
        optimum: end?.optimum ?? null,
        gap: end?.gap ?? null,
        capacity: plain(shown.capacity),
        leverage: plain(shown.leverage),
        weights: plain(shown.weights),
        blocks: shown.blocks.map(({ features, dims, capacity, name }) => {
          return { features, dims, capacity, name };
        }),
      },
      theory: {
        model: 'quadratic',
        capacity: plain(theory.capacity),
        price: theory.price,
        loss: theory.loss,
      },
      diagram: {
        x: { parameter: state.x.parameter, values: columns },
        y: { parameter: state.y.parameter, values: rows },
        predicted: cells(predicted),
        trained: cells(trained),
        isComplete: trained?.isFinal ?? false,
      },
    },
    null,
    1,
  );
}

/** One line per feature, the header first. */
export function featuresCsv({ state, shown, theory }: ShownResults): string {
  const importance = importancesOf(state);
  const density = densitiesOf(state);
  const blockOf = new Map(
    shown.blocks.flatMap(({ features }, k) => features.map((i) => [i, letterOf(k)] as const)),
  );
  const lines = Array.from(shown.capacity, (c, i) =>
    [
      i,
      importance[i],
      density[i],
      c,
      shown.leverage[i],
      theory.capacity[i],
      blockOf.get(i) ?? '',
    ].join(','),
  );
  const header = 'feature,importance,density,capacity,leverage,quadratic_theory,block';
  return [header, ...lines, ''].join('\n');
}
