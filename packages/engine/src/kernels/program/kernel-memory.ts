import { drawingMemory, type DrawingMemory } from './drawing-memory.ts';
import { givenArrays } from './given-arrays.ts';
import { panelRows, panelStride, type PanelArray } from './panel.ts';
import { RANDOM_STATE } from '@polysem/numerics/lanes';
import type { Structure } from './structure.ts';
import { transposedStride, type PaddedRows } from './padded-weights.ts';
import { memoryLayout, type MemoryLayout } from '@polysem/numerics/wasm';

/** Steps that one call can take. */
export const STEPS_AT_ONCE = 512;
/** Vectors that the sums of the largest tile fill. */
export const TILE_VECTORS = 24;
/** Bytes that a memory grows by. */
export const PAGE: number = 65536;
/** Gaps between active inputs that are drawn at once. */
export const GAPS_AT_ONCE = 64;

/** Where everything stands in the linear memory of a kernel; addresses in bytes. */
export interface KernelMemory {
  /** The name of the stream: key 0, key 1, stream 0, stream 1. */
  readonly stream: number;
  readonly random: number;
  /** i32: inputs of a batch. */
  readonly batch: number;
  /** i32: whether a batch is to leave its gradient, or its loss alone. */
  readonly wantsGradient: number;
  /** f64: the sum of the loss over the batch so far, at the end its mean. */
  readonly loss: number;
  /** i32: inputs that are given, and the address of their panels; f32: the weight of the empty one. */
  readonly givenRows: number;
  readonly givenAt: number;
  readonly emptyWeight: number;
  /** Where panels of given inputs may stand: beyond all else. */
  readonly given: number;
  /** i32: inputs of the batch that went through panels, those added to fill up strips among them. */
  readonly processed: number;
  /**
   * f32 a feature, each padded with zeros to whole vectors: v, of one output a feature as the weight of its error;
   * 2 v / batch; the coefficient of its target; density, 1 / density, scale.
   */
  readonly importance: number;
  readonly pull: number;
  readonly coefficient: number;
  readonly density: number;
  readonly inverseDensity: number;
  readonly scale: number;
  /** f32 a feature, or a group: density / largest density. */
  readonly acceptance: number;
  /** f32: 1 / log2(1 - largest density), of features or of groups. */
  readonly gapScale: number;
  /** i32: the next active cell, the place in the buffers of gaps, rows drawn so far. */
  readonly nextCell: number;
  readonly gapAt: number;
  readonly gaps: number;
  readonly gapValues: number;
  readonly gapAcceptance: number;
  /** Of correlated inputs. */
  readonly drawn: DrawingMemory;
  /** f32, laid out as the parameters and padded with zeros. */
  readonly parameters: number;
  readonly gradient: number;
  readonly first: number;
  readonly second: number;
  /** Sums over a panel for each feature, one vector each, in the sparse plan one lane: squared errors, and what goes to the bias. */
  readonly lossSums: number;
  readonly biasSums: number;
  /** A tile of sums, where engines that pair vectors find them side by side. */
  readonly tile: number;
  /** f32 constants of the optimiser, in the order of `optimiserConstants`. */
  readonly optimiser: number;
  /** f32 a step: rate, and the two bias corrections of Adam. */
  readonly table: number;
  /** f64 a step. */
  readonly losses: number;
  /** The panels of the plans `dense` and `compact`. */
  readonly rows: number;
  readonly inputs: PanelArray;
  /** Where inputs are given, their weights and targets: further arrays behind the inputs. */
  readonly rowWeights: number;
  readonly rowTargets: number;
  /** Hidden vectors, and those before their activation where it is not linear. */
  readonly hidden: PanelArray;
  readonly before: PanelArray;
  readonly errors: PanelArray;
  readonly hiddenErrors: PanelArray;
  /** Those of the plan `sparse`. */
  readonly sparse: SparsePanel | null;
  readonly pages: number;
}

/** A panel of inputs as lists of active features, row-major; lists are byte ranges of arrays of 4-byte entries. */
export interface SparsePanel {
  readonly rows: number;
  readonly weights: PaddedRows;
  /** i32 a row, and one more: where its list of active features begins; and where the last one ends. */
  readonly starts: number;
  readonly entries: number;
  /** i32 an entry: offset of its feature's padded row. f32: its value. */
  readonly places: number;
  readonly values: number;
  /** Compression. i32 an entry: offset in the dense inputs, which are kept zero elsewhere. */
  readonly inputPlaces: number;
  readonly inputs: number;
  readonly inputStride: number;
  /** Computation. f32 an entry: importance of its feature, and what it adds to the target. */
  readonly entryImportance: number;
  readonly targets: number;
  /** f32, padded rows: hidden vectors, W, U, and their gradients; tied ones are the same. */
  readonly hidden: number;
  readonly embedding: number;
  readonly readOut: number;
  readonly embeddingGradient: number;
  readonly readOutGradient: number;
  /** f32, dimension-major: U. */
  readonly transposed: number;
  /** Lists of outputs that are not clipped, `outputCapacity` entries a row: their ends, places and errors. */
  readonly outputEnds: number;
  readonly outputCapacity: number;
  readonly outputPlaces: number;
  readonly outputValues: number;
  /** i32: whether outputs of this batch are taken densely; and then f32, as the dense inputs: their errors. */
  readonly denseOutputs: number;
  readonly errors: number;
  /** f32, padded rows: errors of the hidden vectors. */
  readonly hiddenErrors: number;
  /** i32 a feature: offset of its padded row. */
  readonly featurePlaces: number;
  /** For each set of lanes: the order of bytes that moves them to the front, and 4 times how many. */
  readonly compaction: number;
  readonly compactionSizes: number;
  /** f32 a padded dimension: 1, and 0 in the padding; and sums of the gradient of free output weights. */
  readonly fixedOutputs: number;
  readonly outputWeightSums: number;
}

/** Rows of a strip of the sparse plan. */
export const SPARSE_STRIP = 5;

function sparsePanel(
  { features, dims, isTied, task }: Structure,
  { take }: MemoryLayout,
): SparsePanel {
  const rowBytes = floats(dims);
  const rows = SPARSE_STRIP * (features <= 128 ? 8 : 4);
  const list = (): number => take(4 * rows * features + 16);
  const matrix = (): number => take(features * rowBytes);
  const isFeaturewise = task === 'featurewise';
  const embedding = matrix();
  const embeddingGradient = matrix();
  const hasReadOut = isFeaturewise && !isTied;
  const inputStride = floats(features);
  const outputCapacity = 4 * Math.ceil(features / 4) + 4;
  const outputs = (): number => (isFeaturewise ? take(4 * rows * outputCapacity) : 0);
  return {
    rows,
    weights: { features, dims, rowBytes },
    starts: take(4 * (rows + 1)),
    entries: take(4),
    places: list(),
    values: list(),
    inputPlaces: isFeaturewise ? list() : 0,
    inputs: isFeaturewise ? take(rows * inputStride) : 0,
    inputStride,
    entryImportance: isFeaturewise ? 0 : list(),
    targets: isFeaturewise ? 0 : list(),
    hidden: take(rows * rowBytes),
    embedding,
    readOut: hasReadOut ? matrix() : embedding,
    embeddingGradient,
    readOutGradient: hasReadOut ? matrix() : embeddingGradient,
    transposed: isFeaturewise ? take(dims * transposedStride(features)) : 0,
    outputEnds: take(4 * rows),
    outputCapacity,
    outputPlaces: outputs(),
    outputValues: outputs(),
    denseOutputs: take(4),
    errors: isFeaturewise ? take(rows * inputStride) : 0,
    hiddenErrors: isFeaturewise ? take(rows * rowBytes) : 0,
    featurePlaces: take(4 * features),
    compaction: take(256),
    compactionSizes: take(64),
    fixedOutputs: take(rowBytes),
    outputWeightSums: take(rowBytes),
  };
}

/** Bytes of so many float32, padded to whole vectors. */
export function floats(count: number): number {
  return 16 * Math.ceil(count / 4);
}

/** Lays out the memory of a kernel. */
export function kernelMemory(structure: Structure): KernelMemory {
  const { features, dims, parameters, plan } = structure;
  const layout = memoryLayout();
  const { take, size } = layout;
  const rows = panelRows(features);
  const stride = panelStride(rows);
  const isSparse = plan === 'sparse';
  const panel = (indices: number): PanelArray => ({
    address: isSparse ? 0 : take(indices * stride),
    stride,
  });
  const inputs = panel(plan === 'given' ? givenArrays(structure) : features);
  const perFeature = (): number => take(floats(features));
  const perParameter = (): number => take(floats(parameters.size));
  const fixed = {
    stream: take(16),
    random: take(RANDOM_STATE),
    batch: take(4),
    wantsGradient: take(4),
    loss: take(8),
    givenRows: take(4),
    givenAt: take(4),
    emptyWeight: take(4),
    processed: take(4),
    importance: perFeature(),
    pull: perFeature(),
    coefficient: perFeature(),
    density: perFeature(),
    inverseDensity: perFeature(),
    scale: perFeature(),
    acceptance: perFeature(),
    gapScale: take(4),
    nextCell: take(4),
    gapAt: take(4),
    gaps: take(4 * GAPS_AT_ONCE),
    gapValues: take(4 * GAPS_AT_ONCE),
    gapAcceptance: take(4 * GAPS_AT_ONCE),
    drawn: drawingMemory(structure, layout),
    parameters: perParameter(),
    gradient: perParameter(),
    first: perParameter(),
    second: perParameter(),
    lossSums: take(16 * features),
    biasSums: take(16 * features),
    tile: take(16 * TILE_VECTORS),
    optimiser: take(64),
    table: take(12 * STEPS_AT_ONCE),
    losses: take(8 * STEPS_AT_ONCE),
    rows,
    inputs,
    rowWeights: inputs.address + features * stride,
    rowTargets: inputs.address + (features + 1) * stride,
    hidden: panel(dims),
    before: panel(structure.hiddenActivation === 'linear' ? 0 : dims),
    errors: panel(features),
    hiddenErrors: panel(dims),
    sparse: isSparse ? sparsePanel(structure, layout) : null,
  };
  const given = size();
  return { ...fixed, given, pages: Math.ceil(given / PAGE) };
}
