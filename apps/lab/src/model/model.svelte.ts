import { isOfTable, withChoice, type Choice } from './choices.ts';
import { isLabelName } from './label-name.ts';
import { labelsLeft } from './left-features.ts';
import { startModelWorker } from './start-model-worker.ts';
import type {
  FromModel,
  ModelFigures,
  ModelLabels,
  ModelList,
  ModelMatrix,
  ModelNeighbours,
  ModelPlace,
  ModelProgress,
  ToModel,
} from './messages.ts';

/** State of the page of a model. */
export type ModelStatus = 'empty' | 'opening' | 'choosing' | 'measuring' | 'done' | 'failed';

/** Largest matrix, in numbers, that is measured without being chosen: a vocabulary of 100,000 in 1024 dimensions. */
const AT_ONCE = 1e8;

/** The weights that the page shows, and their measurement. */
export class Model {
  status: ModelStatus = $state('empty');
  place: ModelPlace | null = $state.raw(null);
  list: ModelList | null = $state.raw(null);
  matrix: ModelMatrix | null = $state.raw(null);
  figures: ModelFigures | null = $state.raw(null);
  neighbours: ModelNeighbours | null = $state.raw(null);
  labels: ModelLabels | null = $state.raw(null);
  doubts: readonly string[] = $state.raw([]);
  /** Label of the matrix that a link asks for. */
  wanted: string | null = $state(null);
  /** Choices of the visitor, or of the link. */
  choices: readonly Choice[] = $state.raw([]);
  /** Numbers in the file of the measured features; null if none is left out. */
  numbers: Int32Array | null = $state.raw(null);
  /** Features left out because they hold NaN or infinity. */
  skipped: readonly number[] = $state.raw([]);
  progress: ModelProgress | null = $state.raw(null);
  /** Estimated milliseconds until the end; null if unknown. */
  left: number | null = $state(null);
  /** Seconds that the measurement took. */
  seconds: number | null = $state(null);
  /** SHA-256 of the file; null if it is not known yet or there is none. */
  hash: string | null = $state(null);
  isHashed = $state(false);
  message = $state('');
  /** Choices that remedy the error of the message. */
  remedies: readonly Choice[] = $state.raw([]);
  /** True if the matrix is too wide for a page. */
  isTooWide = $state(false);
  /** The feature, or the bin of the histogram, that all panels highlight. */
  feature: number | null = $state(null);
  bin: number | null = $state(null);
  /** Numbers in the file of the features that the reader selected, ascending. */
  selected: readonly number[] = $state.raw([]);

  readonly #threads: number;
  #worker: Worker | null = null;
  #hasher: Worker | null = null;
  #began = 0;

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** The number of a measured feature in the file. */
  numberOf(feature: number): number {
    return this.numbers?.[feature] ?? feature;
  }

  /** The name of a measured feature; its number if it has none. */
  nameOf(feature: number): string {
    return this.labels?.names[feature] || `#${this.numberOf(feature)}`;
  }

  /** Selects features in place of those selected before; with `isMore` adds them, or removes them if all are selected. */
  select(features: readonly number[], isMore: boolean): void {
    const numbers = features.map((feature) => this.numberOf(feature));
    const before = new Set(isMore ? this.selected : []);
    const isRemoved = isMore && numbers.every((number) => before.has(number));
    for (const number of numbers) {
      if (isRemoved) before.delete(number);
      else before.add(number);
    }
    this.selected = [...before].toSorted((a, b) => a - b);
  }

  /** Opens files that were dropped or chosen together. A vocabulary alone names the features of the weights that are open. */
  openFiles(files: readonly File[]): void {
    if (files.length === 0) return;
    const isNames = files.every(({ name }) => isLabelName(name));
    if (isNames && this.figures !== null) {
      this.#post({ kind: 'model-labels', file: files[0] });
      return;
    }
    this.open({ kind: 'files', files });
  }

  /**
   * Opens weights.
   *
   * @param place the weights.
   * @param wanted label of the matrix to measure; null for the first.
   * @param choices choices of the measurement.
   */
  open(place: ModelPlace, wanted: string | null = null, choices: readonly Choice[] = []): void {
    this.#end();
    this.#clear();
    this.wanted = wanted;
    this.choices = choices;
    this.place = place;
    this.list = null;
    this.matrix = null;
    this.hash = null;
    this.isHashed = false;
    this.status = 'opening';
    this.#post({ kind: 'model-open', place, choices });
    this.#hasher = this.#start();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#hasher.postMessage({ kind: 'model-hash', place } satisfies ToModel);
  }

  /** Measures a matrix of the weights that are open. */
  measure(matrix: ModelMatrix): void {
    // A measurement in progress is ended with its worker.
    if (this.status === 'measuring') this.#stop();
    this.#clear();
    this.matrix = matrix;
    this.#measure(false);
  }

  /** Makes a choice or takes it back, and does again what depends on it. */
  choose(choice: Choice, isOn: boolean): void {
    const { place, matrix, figures } = this;
    if (place === null) return;
    const choices = withChoice(this.choices, choice, isOn);
    if (isOfTable(choice) || matrix === null) {
      this.open(place, matrix?.label ?? this.wanted, choices);
      return;
    }
    this.choices = choices;
    if (choice !== 'neighbours' || figures === null) this.measure(matrix);
    else if (isOn) this.#measure(true);
    else this.neighbours = null;
  }

  /** Ends the work in progress; the list of matrices stays. */
  cancel(): void {
    this.#stop();
    // The search that ends here is not part of the command.
    if (this.neighbours === null) this.choices = withChoice(this.choices, 'neighbours', false);
    if (this.status === 'opening') this.close();
    else if (this.figures !== null) this.status = 'done';
    else this.status = 'choosing';
    this.progress = null;
  }

  /** Back to the page without weights. */
  close(): void {
    this.#end();
    this.#clear();
    this.place = null;
    this.list = null;
    this.matrix = null;
    this.status = 'empty';
  }

  #measure(onlyNeighbours: boolean): void {
    const { place, matrix, choices } = this;
    if (place === null || matrix === null) return;
    this.progress = null;
    this.left = null;
    this.status = 'measuring';
    this.#began = performance.now();
    this.#post({
      kind: 'model-measure',
      place,
      matrix,
      choices,
      onlyNeighbours,
      threads: this.#threads,
    });
  }

  #clear(): void {
    this.message = '';
    this.remedies = [];
    this.isTooWide = false;
    this.numbers = null;
    this.skipped = [];
    this.figures = null;
    this.neighbours = null;
    this.labels = null;
    this.doubts = [];
    this.progress = null;
    this.left = null;
    this.seconds = null;
    this.feature = null;
    this.bin = null;
    this.selected = [];
  }

  #stop(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }

  #end(): void {
    this.#stop();
    this.#hasher?.terminate();
    this.#hasher = null;
  }

  #start(): Worker {
    const worker = startModelWorker();
    worker.addEventListener('message', ({ data }: MessageEvent<FromModel>) => {
      if (worker === this.#worker || worker === this.#hasher) this.#receive(data);
    });
    worker.addEventListener('error', ({ message }) => {
      if (worker === this.#worker)
        this.#receive({
          kind: 'model-failed',
          message: message || 'the worker could not be loaded; reload the page',
          remedies: [],
          isTooWide: false,
        });
    });
    return worker;
  }

  #post(message: ToModel): void {
    this.#worker ??= this.#start();
    // Workers are not windows, and have no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#worker.postMessage(message);
  }

  #receive(message: FromModel): void {
    if (message.kind === 'model-list') this.#listed(message.list);
    else if (message.kind === 'model-progress') {
      this.progress = message.progress;
      const { share } = message.progress;
      const taken = performance.now() - this.#began;
      this.left = share > 0.03 ? (taken * (1 - share)) / share : null;
    } else if (message.kind === 'model-figures') {
      this.figures = message.figures;
      this.labels = message.labels;
      this.doubts = message.doubts;
      this.numbers = message.numbers;
      this.skipped = message.skipped;
    } else if (message.kind === 'model-done') {
      this.neighbours = message.neighbours;
      this.progress = null;
      this.seconds = (performance.now() - this.#began) / 1000;
      this.status = 'done';
    } else if (message.kind === 'model-labelled') this.#labelled(message.labels);
    else if (message.kind === 'model-hashed') {
      this.hash = message.hash;
      this.isHashed = true;
      this.#hasher?.terminate();
      this.#hasher = null;
    } else this.#failed(message);
  }

  #listed(list: ModelList): void {
    this.list = list;
    const { place } = this;
    const own = place?.kind === 'address' ? place.matrix : undefined;
    const label = this.wanted ?? own?.label;
    const found = list.matrices.find((matrix) => matrix.label === label);
    const wanted = found && label === own?.label ? { ...found, noun: own!.noun } : found;
    // The decoder of a dictionary has the directions that its latents write.
    const decoder = list.matrices.find((each) => each.isKnown && /^\w+-decoder\b/.test(each.label));
    const first = decoder ?? list.matrices[0];
    const isClear = first.isKnown && first.features * first.dims <= AT_ONCE;
    const chosen = wanted ?? (isClear ? first : undefined);
    if (chosen === undefined) this.status = 'choosing';
    else this.measure(chosen);
  }

  #labelled(labels: ModelLabels): void {
    const { numbers } = this;
    const features = (this.figures?.summary.features ?? 0) + this.skipped.length;
    if (labels.names.length <= features) {
      this.labels = labelsLeft(labels, numbers);
      this.message = '';
    } else
      this.message = `${labels.file ?? 'the names'}: has ${labels.names.length} names, but there are ${features} features; choose the vocabulary of this model`;
  }

  #failed({ message, remedies, isTooWide }: Extract<FromModel, { kind: 'model-failed' }>): void {
    this.message = message;
    this.remedies = remedies;
    this.isTooWide = isTooWide;
    this.progress = null;
    if (this.figures === null) this.status = this.list === null ? 'failed' : 'choosing';
    else this.status = 'done';
  }
}
