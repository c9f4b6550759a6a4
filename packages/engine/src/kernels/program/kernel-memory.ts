import { drawingMemory, type DrawingMemory } from './drawing-memory.ts';
import { givenArrays } from './given-arrays.ts';
import { storesLists } from './method.ts';
import { PANEL_ROWS, panelStride, type PanelArray } from './panel.ts';
import { RANDOM_STATE } from '@polysem/numerics/lanes';
import type { Structure } from './structure.ts';
import { transposedStride, type PaddedRows } from './padded-weights.ts';
import { memoryLayout, type MemoryLayout } from '@polysem/numerics/wasm';

/** Largest number of steps per call. */
export const STEPS_AT_ONCE = 512;
/** Number of vectors in the sums of the largest tile, or of a fused step: two per weight of W and U, bias and loss. */
const TILE_VECTORS = 192;
/** Size of a WebAssembly page, in bytes. */
export const PAGE: number = 65536;
/** Number of gaps between active inputs that are sampled at once. */
export const GAPS_AT_ONCE = 64;

/** Layout of a kernel's linear memory. Addresses are in bytes; "f32 per feature" means an array of one f32 per feature. */
export interface KernelMemory {
  /** i32: Philox key (2 words) and stream number (2 words) of the inputs' generator. */
  readonly stream: number;
  readonly random: number;
  /** i32: rows per batch. */
  readonly batch: number;
  /** i32: 1 to compute loss and gradient, 0 for the loss only. */
  readonly wantsGradient: number;
  /** f64: sum of the loss over the rows so far; the mean once the batch is finished. */
  readonly loss: number;
  /** Given inputs. i32: number of rows and address of the panels. f32: weight of the empty input. */
  readonly givenRows: number;
  readonly givenAt: number;
  readonly emptyWeight: number;
  /** Start of the panels of given inputs, after everything else. */
  readonly given: number;
  /** i32: rows of the batch processed in panels, including padding rows. */
  readonly processed: number;
  /**
   * f32 per feature, each array padded with zeros to whole vectors: importance v (with one output per feature: the weight
   * of its squared error); 2 v / batch; coefficient of the target; density; 1 / density; scale.
   */
  readonly importance: number;
  readonly pull: number;
  readonly coefficient: number;
  readonly density: number;
  readonly inverseDensity: number;
  readonly scale: number;
  /** f32 per feature or group: density / largest density. */
  readonly acceptance: number;
  /** f32: 1 / log2(1 - largest density), of features or of groups. */
  readonly gapScale: number;
  /** i32: next active cell, and position in the buffers of gaps. Then the buffers of gaps and what is sampled with them. */
  readonly nextCell: number;
  readonly gapAt: number;
  readonly gaps: number;
  readonly gapValues: number;
  readonly gapAcceptance: number;
  /** Tables and buffers for correlated inputs. */
  readonly drawn: DrawingMemory;
  /** f32, in the order of the parameters, padded with zeros: parameters, gradient, first and second moments. */
  readonly parameters: number;
  readonly gradient: number;
  readonly first: number;
  readonly second: number;
  /** Sums over a panel per feature, of weighted squared errors and of bias gradients: a vector each (sparse method: one f32). */
  readonly lossSums: number;
  readonly biasSums: number;
  /** Sums of a tile, stored contiguously so that V8 can pair vectors. */
  readonly tile: number;
  /** Constants of the optimiser, written by `writeOptimiser`. */
  readonly optimiser: number;
  /** Three f32 per step: learning rate and Adam's two bias corrections. */
  readonly table: number;
  /** f64 per step: the loss. */
  readonly losses: number;
  /** Rows and arrays of a panel of the methods `dense`, `compact` and `given`. */
  readonly rows: number;
  readonly inputs: PanelArray;
  /** Weights and targets of given inputs, stored after the inputs. */
  readonly rowWeights: number;
  readonly rowTargets: number;
  /** Hidden vectors, and their values before a nonlinear activation. */
  readonly hidden: PanelArray;
  readonly before: PanelArray;
  readonly errors: PanelArray;
  readonly hiddenErrors: PanelArray;
  /** Panel of the methods `sparse` and `gram`; null for other methods. */
  readonly sparse: SparsePanel | null;
  readonly pages: number;
}

/** Panel of inputs as row-major lists of active features. Lists are byte ranges in arrays of 4-byte entries. */
export interface SparsePanel {
  readonly rows: number;
  readonly weights: PaddedRows;
  /** Bytes per feature of the places in lists: of a padded row, in the method `gram` of a row of the Gram matrix. */
  readonly placeBytes: number;
  /** i32 per row: start of its list of active features, with a final entry for the end of the last list. Then that end. */
  readonly starts: number;
  readonly entries: number;
  /** Per entry. i32: its feature times `placeBytes`. f32: its value. */
  readonly places: number;
  readonly values: number;
  /** Compression. i32 per entry: byte offset in the dense inputs, which are 0 elsewhere. */
  readonly inputPlaces: number;
  readonly inputs: number;
  readonly inputStride: number;
  /** Method `gram`. i32 per entry: byte offset of its row in the dense inputs. */
  readonly rowPlaces: number;
  /** Scalar computation. f32 per entry: importance of its feature, and its contribution to the target. */
  readonly entryImportance: number;
  readonly targets: number;
  /** f32 in padded rows: hidden vectors, W, read-out U, and their gradients. With tied weights W and U share memory. */
  readonly hidden: number;
  readonly embedding: number;
  readonly readOut: number;
  readonly embeddingGradient: number;
  readonly readOutGradient: number;
  /** f32: U, stored dimension-major. */
  readonly transposed: number;
  /**
   * Lists of outputs that ReLU does not clip, `outputCapacity` entries per row: their ends, and per entry the place of the row of
   * its feature and the gradient.
   */
  readonly outputEnds: number;
  readonly outputCapacity: number;
  readonly outputPlaces: number;
  readonly outputValues: number;
  /**
   * i32: 1 if this batch backpropagates through all outputs. f32, in the layout of the dense inputs: errors of all outputs
   * (method `gram`: first the outputs before their activation).
   */
  readonly denseOutputs: number;
  readonly errors: number;
  /** f32 in padded rows: gradients with respect to the hidden vectors. */
  readonly hiddenErrors: number;
  /** i32 per feature: its number times the bytes of a padded row. */
  readonly featurePlaces: number;
  /** Per subset of lanes: the byte shuffle that moves these lanes to the front, and 4 times their number. */
  readonly compaction: number;
  readonly compactionSizes: number;
  /** f32 per padded dimension: 1 (0 in the padding), and gradient sums of free output weights. */
  readonly fixedOutputs: number;
  readonly outputWeightSums: number;
  /** Method `gram`. f32 in rows of `placeBytes`: W U^T, and the sum over rows of inputs times errors of the outputs. */
  readonly gram: number;
  readonly inputErrors: number;
}

/** Rows per strip in the sparse method. */
export const SPARSE_STRIP = 5;

function sparsePanel(
  { features, dims, isTied, task, method }: Structure,
  { take }: MemoryLayout,
): SparsePanel {
  const isGram = method === 'gram';
  const rowBytes = floats(dims);
  const placeBytes = isGram ? floats(features) : rowBytes;
  const rows = SPARSE_STRIP * (features <= 128 ? 8 : 4);
  const list = (): number => take(4 * rows * features + 16);
  const matrix = (): number => take(features * rowBytes);
  const isFeaturewise = task === 'featurewise';
  const embedding = matrix();
  const embeddingGradient = matrix();
  const hasReadOut = isFeaturewise && !isTied;
  const inputStride = floats(features);
  const outputCapacity = 4 * Math.ceil(features / 4) + 4;
  const hasOutputs = isFeaturewise && !isGram;
  const outputs = (): number => (hasOutputs ? take(4 * rows * outputCapacity) : 0);
  const square = (): number => (isGram ? take(features * placeBytes) : 0);
  return {
    rows,
    weights: { features, dims, rowBytes },
    placeBytes,
    starts: take(4 * (rows + 1)),
    entries: take(4),
    places: list(),
    values: list(),
    inputPlaces: isFeaturewise ? list() : 0,
    inputs: isFeaturewise ? take(rows * inputStride) : 0,
    inputStride,
    rowPlaces: isGram ? list() : 0,
    entryImportance: isFeaturewise ? 0 : list(),
    targets: isFeaturewise ? 0 : list(),
    hidden: isGram ? 0 : take(rows * rowBytes),
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
    hiddenErrors: hasOutputs ? take(rows * rowBytes) : 0,
    featurePlaces: take(floats(features)),
    compaction: take(256),
    compactionSizes: take(64),
    fixedOutputs: take(rowBytes),
    outputWeightSums: take(rowBytes),
    gram: square(),
    inputErrors: square(),
  };
}

/** Size in bytes of `count` float32 numbers, padded to whole vectors. */
export function floats(count: number): number {
  return 16 * Math.ceil(count / 4);
}

/** Lays out the memory of a kernel for a structure. */
export function kernelMemory(structure: Structure): KernelMemory {
  const { features, dims, parameters, method } = structure;
  const layout = memoryLayout();
  const { take, size } = layout;
  const rows = PANEL_ROWS;
  const stride = panelStride(rows);
  const isSparse = storesLists(method);
  const panel = (indices: number): PanelArray => ({
    address: isSparse ? 0 : take(indices * stride),
    stride,
  });
  const inputs = panel(method === 'given' ? givenArrays(structure) : features);
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
