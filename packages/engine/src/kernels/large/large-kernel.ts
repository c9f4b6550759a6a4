import type { SparseBatch } from '@polysem/core/features';
import type { Generator } from '@polysem/numerics/random';
import type { Instance, InstanceState } from '../kernel.ts';
import { STEPS_AT_ONCE } from '../program/kernel-memory.ts';
import { writeOptimiser } from '../program/optimise.ts';
import type { DrawnInputs } from '../program/drawing.ts';
import { writeModel } from '../write-model.ts';
import { writeRates } from '../write-rates.ts';
import { computeBatch, readPanel, squaredNormOf, updateParameters } from './large-batch.ts';
import { buildLarge, writeInputs, type LargeMachine } from './large-machine.ts';
import { ledMachine } from './large-team.ts';
import { lateState, PARTS, type LateState } from './late-state.ts';
import { isSameShape, PANEL_ROWS, type LargeShape } from './large-shape.ts';

/** A large model with its inputs. */
export interface LargeInstance {
  readonly instance: Instance;
  readonly drawn: DrawnInputs;
  readonly shape: LargeShape;
}

/** The part of a kernel for large models. Only the last model stays in memory. */
export interface LargeKernel {
  readonly advance: (large: LargeInstance, state: InstanceState, losses: Float64Array) => number;
  readonly evaluate: (
    large: LargeInstance,
    parameters: ArrayLike<number>,
    stream: Generator,
    batches: { readonly first: number; readonly losses: Float64Array },
  ) => void;
  readonly gradient: (
    large: LargeInstance,
    parameters: ArrayLike<number>,
    step: number,
    gradient: Float64Array,
  ) => number;
  readonly inputs: (large: LargeInstance, step: number) => SparseBatch;
}

export function largeKernel(): LargeKernel {
  let machine: LargeMachine | null = null;
  /** State whose arrays the memory holds, and its step. */
  let resident: { readonly late: LateState; readonly step: number } | null = null;
  /** Gives up the numbers in the memory, after the state has got them. */
  const leave = (): void => {
    resident?.late.settle();
    resident = null;
  };

  /** Brings a model with its inputs to the memory. */
  const load = ({ instance, drawn, shape }: LargeInstance, stream: Generator): LargeMachine => {
    let current = ledMachine(shape) ?? (fits(machine, shape) ? machine : null);
    if (current === null || current !== machine) {
      // The old memory is free before new memory is taken.
      leave();
      machine = null;
      current ??= buildLarge(shape);
      machine = current;
    }
    const { memory, buffer } = current;
    const name = new Uint32Array(buffer, memory.stream, 4);
    name.set([stream.key[0], stream.key[1], stream.counter[2], stream.counter[3]]);
    writeModel(current, instance.model, instance.batch);
    writeOptimiser(new DataView(buffer), memory.optimiser, instance.optimiser, instance.clip);
    writeInputs(current, drawn);
    return current;
  };

  const loadParameters = (
    large: LargeInstance,
    parameters: ArrayLike<number>,
    stream: Generator,
  ): LargeMachine => {
    leave();
    const loaded = load(large, stream);
    floatsAt(loaded, 'parameters').set(parameters);
    return loaded;
  };

  const loadState = (large: LargeInstance, state: InstanceState): LargeMachine => {
    const loaded = load(large, large.instance.stream);
    if (resident?.late.state === state && resident.step === state.step) return loaded;
    leave();
    for (const part of PARTS) floatsAt(loaded, part).set(state[part]);
    return loaded;
  };

  return {
    advance: (large, state, losses) => {
      const { instance } = large;
      const loaded = loadState(large, state);
      let taken: number;
      try {
        taken = takeSteps(loaded, instance, state.step, losses);
      } catch (error) {
        // The memory may hold half a step.
        resident?.late.revert();
        resident = null;
        throw error;
      }
      const late = resident?.late.isLate() === true ? resident.late : lateFrom(loaded, state);
      state.step += taken;
      resident = { late, step: state.step };
      return taken;
    },
    evaluate: (large, parameters, stream, { first, losses }) => {
      const loaded = loadParameters(large, parameters, stream);
      for (let batch = 0; batch < losses.length; batch++)
        losses[batch] = computeBatch(loaded, large.instance.batch, first + batch, false);
    },
    gradient: (large, parameters, step, gradient) => {
      const { batch, stream } = large.instance;
      const loaded = loadParameters(large, parameters, stream);
      const loss = computeBatch(loaded, batch, step, true);
      gradient.set(floatsAt(loaded, 'gradient'));
      return loss;
    },
    inputs: (large, step) => {
      const { batch, stream } = large.instance;
      const loaded = load(large, stream);
      const panels = Math.ceil(batch / PANEL_ROWS);
      const rows = Array.from({ length: panels }, (_, k) =>
        readPanel(loaded, step * panels + k, Math.min(PANEL_ROWS, batch - k * PANEL_ROWS)),
      ).flat();
      return batchOf(rows, loaded.shape.features);
    },
  };
}

/** True if a machine can compute models of a shape. */
function fits(machine: LargeMachine | null, shape: LargeShape): machine is LargeMachine {
  return machine !== null && machine.isOpen() && isSameShape(machine.shape, shape);
}

function lateFrom(loaded: LargeMachine, state: InstanceState): LateState {
  return lateState(state, state.step, (arrays) => {
    for (const part of PARTS) arrays[part].set(floatsAt(loaded, part));
  });
}

/** Takes steps from step `first` on, until a loss or gradient is not finite. Returns their number. */
function takeSteps(
  loaded: LargeMachine,
  instance: Instance,
  first: number,
  losses: Float64Array,
): number {
  const { buffer, memory } = loaded;
  for (let taken = 0; taken < losses.length; taken++) {
    const place = taken % STEPS_AT_ONCE;
    if (place === 0) {
      const count = Math.min(STEPS_AT_ONCE, losses.length - taken);
      writeRates(buffer, memory.table, instance, { first: first + taken, count });
    }
    const loss = computeBatch(loaded, instance.batch, first + taken, true);
    const squaredNorm = squaredNormOf(loaded);
    if (!Number.isFinite(loss) || !Number.isFinite(squaredNorm)) return taken;
    updateParameters(loaded, squaredNorm, 12 * place);
    losses[taken] = loss;
  }
  return losses.length;
}

function floatsAt(
  { shape, memory, buffer }: LargeMachine,
  part: (typeof PARTS)[number] | 'gradient',
): Float32Array {
  return new Float32Array(buffer, memory[part], shape.parameters.size);
}

function batchOf(
  rows: readonly (readonly { feature: number; value: number }[])[],
  features: number,
): SparseBatch {
  // Rows without active features come last.
  const ordered = rows.toSorted((a, b) => Number(a.length === 0) - Number(b.length === 0));
  const entries = ordered.flat();
  const rowStarts = new Uint32Array(rows.length + 1);
  ordered.forEach((row, k) => (rowStarts[k + 1] = rowStarts[k] + row.length));
  return {
    rows: rows.length,
    features,
    rowStarts,
    indices: Uint32Array.from(entries, ({ feature }) => feature),
    values: Float64Array.from(entries, ({ value }) => value),
  };
}
