import { RANDOM_STATE } from '@polysem/numerics/lanes';
import { memoryLayout, type MemoryLayout } from '@polysem/numerics/wasm';
import { floats, PAGE, STEPS_AT_ONCE } from '../program/kernel-memory.ts';
import { PANEL_ROWS, type LargeShape } from './large-shape.ts';

/** Features per tile of outputs. */
export const TILE_FEATURES = 5;
/** Rows whose hidden vectors are stored together, dimension by dimension. */
export const BLOCK_ROWS = 16;
/** Random numbers that are drawn at once. */
export const DRAWN = 64;

/** Bytes of the parameters that one task updates. */
export const PART_BYTES: number = 2 ** 17;

/** Lists of numbers per feature, in the memory of a panel: offsets from the panel's address. */
export interface FeatureLists {
  /** i32 per feature: byte offset of its list, with a final entry for the end of the last. */
  readonly starts: number;
  /** i32 per entry: 4 times the row. f32 per entry: the number. */
  readonly rows: number;
  readonly numbers: number;
}

/** Offsets in the memory of a panel. */
export interface PanelMemory {
  /** f64: sum of the loss over the rows. */
  readonly loss: number;
  /** f32 per feature: sum of the gradients of the outputs. */
  readonly biases: number;
  readonly active: FeatureLists;
  /** Gradients of the outputs that the rectifier does not clip. */
  readonly errors: FeatureLists;
  /** f32 in padded rows: hidden vectors and their gradients. */
  readonly hidden: number;
  readonly hiddenErrors: number;
  readonly bytes: number;
}

/** Memory that each thread has for itself. */
export interface Scratch {
  readonly random: number;
  /** f32: logarithms of uniform numbers, values and numbers that decide about acceptance. i32: position of the next. */
  readonly logs: number;
  readonly values: number;
  readonly acceptance: number;
  readonly drawnAt: number;
  /** Active inputs in the order of sampling. i32: 4 times the row, 4 times the feature; f32: the value. */
  readonly rows: number;
  readonly features: number;
  readonly numbers: number;
  /** i32 per feature: number of active inputs, then the end of its list. */
  readonly ends: number;
  /** f32: hidden vectors in blocks of rows, dimension-major. */
  readonly transposed: number;
  /** f32, features of a tile x rows: outputs before the activation, and inputs. */
  readonly outputs: number;
  readonly inputs: number;
}

/** Bytes for the exchange between threads. */
export const CONTROL_BYTES = 128;

/** Memory of a large model. Addresses and sizes are in bytes. */
export interface LargeMemory {
  /** Exchange between threads. */
  readonly control: number;
  readonly stream: number;
  readonly optimiser: number;
  readonly table: number;
  /** f32 per feature: importance v; 2 v / batch; 1; density / largest density of the class; scale. */
  readonly importance: number;
  readonly pull: number;
  readonly coefficient: number;
  readonly acceptance: number;
  readonly scale: number;
  /** i32 per feature: 4 times the feature, in the order of density classes. */
  readonly order: number;
  /** i32 per class: number of features. f32 per class: ln 2 / ln(1 - largest density). */
  readonly classSizes: number;
  readonly gapScales: number;
  /** i32 per row of a panel: 4 times its number. */
  readonly rowNumbers: number;
  /** Per subset of lanes: the byte shuffle that moves these lanes to the front, and 4 times their number. */
  readonly compaction: number;
  readonly compactionSizes: number;
  /** f64 per part of the parameters: squared norm of the gradient. */
  readonly norms: number;
  readonly parameters: number;
  readonly gradient: number;
  readonly first: number;
  readonly second: number;
  /** Bytes per padded row of a hidden vector. */
  readonly rowBytes: number;
  readonly panel: PanelMemory;
  /** Address of the first panel. */
  readonly panels: number;
  readonly scratch: readonly Scratch[];
  readonly pages: number;
}

function panelMemory({ features, active }: LargeShape, rowBytes: number): PanelMemory {
  const { take, size } = memoryLayout(0);
  const lists = (entries: number): FeatureLists => ({
    starts: take(4 * (features + 1)),
    rows: take(4 * entries + 16),
    numbers: take(4 * entries + 16),
  });
  return {
    loss: take(8),
    biases: take(4 * features),
    active: lists(active),
    errors: lists(PANEL_ROWS * features),
    hidden: take(PANEL_ROWS * rowBytes),
    hiddenErrors: take(PANEL_ROWS * rowBytes),
    bytes: size(),
  };
}

function scratchMemory({ features, dims, active }: LargeShape, { take }: MemoryLayout): Scratch {
  const tile = (): number => take(4 * TILE_FEATURES * PANEL_ROWS);
  return {
    random: take(RANDOM_STATE),
    logs: take(4 * DRAWN),
    values: take(4 * DRAWN),
    acceptance: take(4 * DRAWN),
    drawnAt: take(4),
    rows: take(4 * active),
    features: take(4 * active),
    numbers: take(4 * active),
    ends: take(4 * features),
    transposed: take(4 * PANEL_ROWS * dims),
    outputs: tile(),
    inputs: tile(),
  };
}

/** Lays out the memory for a large model and a number of threads. */
export function largeMemory(shape: LargeShape, threads: number): LargeMemory {
  const { features, dims, classes, slots, parameters } = shape;
  const layout = memoryLayout();
  const { take, size } = layout;
  const perFeature = (): number => take(floats(features));
  const perParameter = (): number => take(floats(parameters.size));
  // Whole vectors, and no multiple of a large power of two, with which rows would compete for the same cache sets.
  const rowBytes = floats(dims) + (floats(dims) % 512 === 0 ? 64 : 0);
  const panel = panelMemory(shape, rowBytes);
  const fixed = {
    control: take(CONTROL_BYTES),
    stream: take(16),
    optimiser: take(64),
    table: take(12 * STEPS_AT_ONCE),
    importance: perFeature(),
    pull: perFeature(),
    coefficient: perFeature(),
    acceptance: perFeature(),
    scale: perFeature(),
    order: perFeature(),
    classSizes: take(4 * classes),
    gapScales: take(4 * classes),
    rowNumbers: take(4 * PANEL_ROWS),
    compaction: take(256),
    compactionSizes: take(64),
    norms: take(8 * Math.ceil(floats(parameters.size) / PART_BYTES)),
    parameters: perParameter(),
    gradient: perParameter(),
    first: perParameter(),
    second: perParameter(),
    rowBytes,
    panel,
    panels: take(slots * panel.bytes),
    scratch: Array.from({ length: threads }, () => scratchMemory(shape, layout)),
  };
  return { ...fixed, pages: Math.ceil(size() / PAGE) };
}
