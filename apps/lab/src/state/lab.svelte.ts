import type { Allocation } from '@polysem/core/theory';
import { hasSimd } from '@polysem/numerics/wasm';
import type { Model } from '../model/model.svelte.ts';
import type { OpenedResults } from '../results/opened.ts';
import type { FromTrainer, LabResult } from '../workers/messages.ts';
import type { Snapshot } from '../workers/snapshot.ts';
import { openTrainer, type Trainer } from '../workers/trainer.ts';
import { Calm } from './calm.svelte.ts';
import { Diagrams } from './diagrams.svelte.ts';
import type { HeldFeature } from './hold.svelte.ts';
import { readLink, writeLink } from './link.ts';
import { OpenedFile } from './opened-file.svelte.ts';
import type { KnownRun, PinnedRun } from './pin.svelte.ts';
import { ofSize, shownOf } from './shown.ts';
import { isCertified, quadraticTheory, trainingKey, trainingSpec, valuesOf } from './specs.ts';
import { consistent, networkOf, placeOf, type LabState } from './state.ts';

/** State of the training of the page. */
export type TrainingStatus = 'waiting' | 'running' | 'paused' | 'done' | 'failed';

/** Seconds in which the first start is shown; small networks would be trained before one can look. */
const SHOWN = 4;

/** The page's state and everything computed from it. */
export class Lab {
  state: LabState = $state.raw(readLink('').state);
  /** Parts of the link that were not used. */
  ignored: readonly string[] = $state.raw([]);

  status: TrainingStatus = $state('waiting');
  /** Fraction of all starts that is trained. */
  trainedShare = $state(0);
  message = $state('');
  kernel = $state('');
  frame: Snapshot | null = $state.raw(null);
  result: LabResult | null = $state.raw(null);
  speed = $state(1);

  readonly diagrams: Diagrams;

  /** The state that the reader had before the guided path, to which it returns. */
  own: LabState | null = null;
  /** The panels that the last step of the guided path points at. */
  pointedAt: readonly string[] = $state.raw([]);
  /** The panels that the guided path points at now. */
  readonly looks: readonly string[] = $derived(this.state.guide === null ? [] : this.pointedAt);
  /** Weights on the second page; null until it is opened. */
  model: Model | null = $state.raw(null);
  /** Files that were dropped and wait for that page. */
  dropped: readonly File[] = $state.raw([]);
  /** True where training is slow, because the browser lacks the instructions of the fast kernels. */
  readonly isSlow: boolean = !hasSimd();
  /** A file of results that the command line wrote. */
  readonly file = new OpenedFile();
  /** Number of workers for heavy work. */
  readonly threads: number;

  /** True while the network, or the diagram, is that of the file. */
  readonly isNetworkOfFile: boolean = $derived(
    this.result !== null && this.result === this.file.results?.network?.result,
  );
  readonly isDiagramOfFile: boolean = $derived.by(() => {
    const { trained = null, predicted = null } = this.file.results?.diagram ?? {};
    if (trained !== null) return this.diagrams.trained === trained;
    return predicted !== null && this.diagrams.predicted === predicted;
  });

  /** The feature that all panels highlight. */
  highlighted: number | null = $state(null);

  readonly theory: Allocation = $derived(quadraticTheory(this.state));
  readonly certified: boolean = $derived(isCertified(this.state));
  /** The training under a held capacity; null if nothing is held. */
  heldRun: HeldFeature | null = $state.raw(null);
  /** The network without holding: live, at the chosen step, or the end of a start. */
  readonly free: Snapshot | null = $derived(
    ofSize(shownOf(this.result, this.state.step, this.frame), this.state),
  );
  /** The network that is shown. */
  readonly shown: Snapshot | null = $derived(
    ofSize(this.heldRun?.snapshot ?? null, this.state) ?? this.free,
  );
  readonly #calm = new Calm();
  /** The network of bars and numbers, which follow a training less often than the arrows. */
  readonly calm: Snapshot | null = $derived(
    this.status === 'running' && this.result === null && this.heldRun === null
      ? ofSize(this.#calm.picture, this.state)
      : this.shown,
  );
  /** The network to compare with; null if none is pinned. */
  pinned: PinnedRun | null = $state.raw(null);

  readonly #trainer: Trainer | null;
  #trainingKey = '';
  readonly #isReduced: boolean;

  constructor(hash: string, { threads, isReduced }: { threads: number; isReduced: boolean }) {
    this.threads = threads;
    const link = readLink(hash);
    this.state = link.state;
    this.ignored = link.ignored;
    this.#isReduced = isReduced;
    const { panel } = link.state;
    const isAlone = this.isOnePanel;
    this.#trainer =
      isAlone && panel === 'diagram' ? null : openTrainer((message) => this.#receive(message));
    this.diagrams = new Diagrams(threads, !isAlone || panel === 'diagram');
    this.#follow(null, this.#known());
  }

  /** Changes the state; trains and computes again what depends on the change. */
  set(change: Partial<LabState>): void {
    const known = this.#known();
    const next = consistent({ ...this.state, ...change });
    // Another training has other starts.
    const keepsStart = change.start !== undefined || trainingKey(next) === trainingKey(this.state);
    this.state = keepsStart ? next : { ...next, start: null };
    this.#refresh(known);
  }

  /** Takes over the state of a link. */
  open(hash: string): void {
    if (hash.replace(/^#/, '') === this.link) return;
    const { state, ignored } = readLink(hash);
    const known = this.#known();
    if (this.state.guide === null) this.own = this.state;
    const before = this.state.file;
    this.state = state;
    this.ignored = ignored;
    this.#follow(before, known);
  }

  /** Reads the file that the link names, unless it is the one before; then computes what the state needs. */
  #follow(before: string | null, known: KnownRun): void {
    const { file } = this.state;
    if (file === null || file === before) this.#refresh(known);
    else this.file.read(file, this);
  }

  /** Shows a file of results with the settings of a state, or ends showing one: then everything is trained here. */
  show(opened: OpenedResults | null, state: LabState): void {
    const known = this.#known();
    this.file.isReading = false;
    this.file.results = opened;
    this.state = consistent(state);
    this.#trainingKey = '';
    this.diagrams.forget();
    this.#refresh(known);
  }

  /** True if the page shows one panel, within another page. */
  get isOnePanel(): boolean {
    return this.state.embed && this.state.panel !== 'lab';
  }

  get link(): string {
    return writeLink(this.state);
  }

  /** The values along the axes. */
  readonly columns: readonly number[] = $derived(valuesOf(this.state.x));
  readonly rows: readonly number[] = $derived(valuesOf(this.state.y));

  /** Trains the network of a cell of the diagram. */
  chooseCell(column: number, row: number): void {
    const { x, y } = this.state;
    const change: Record<string, number | null> = { step: null };
    change[x.parameter] = this.columns[column];
    change[y.parameter] = this.rows[row];
    this.set(change as Partial<LabState>);
  }

  /** Shows the network of a start, from 0, at its end. */
  chooseStart(start: number): void {
    this.set({ start: start === this.result?.best ? null : start + 1, step: null });
  }

  /** Holds a feature at a capacity: by default the one it has, to two decimals. */
  hold(feature: number, capacity = Number((this.shown?.capacity[feature] ?? 0).toFixed(2))): void {
    this.set({ hold: { feature, capacity: Math.max(0, Math.min(1, capacity)) } });
  }

  letGo(): void {
    if (this.state.hold !== null) this.set({ hold: null });
  }

  /** Pins the network that is shown, to compare others with it; or unpins. */
  togglePin(): void {
    if (this.shown === null) return;
    this.set({ pin: this.state.pin === null ? networkOf(this.state) : null });
  }

  /** Shows the pinned network as the current one; exchanges the two, or leaves the pin where it is. */
  returnToPin(isExchanged: boolean): void {
    const { pin } = this.state;
    if (pin !== null) this.set({ ...pin, ...(isExchanged && { pin: networkOf(this.state) }) });
  }

  play(): void {
    if (this.status === 'paused') {
      this.#trainer?.tell({ kind: 'lab-play' });
      this.status = 'running';
    } else if (this.status === 'done' || this.status === 'failed') this.reset();
  }

  pause(): void {
    if (this.status !== 'running') return;
    this.#trainer?.tell({ kind: 'lab-pause' });
    this.status = 'paused';
  }

  stepOnce(): void {
    if (this.status !== 'running' && this.status !== 'paused') return;
    this.#trainer?.tell({ kind: 'lab-step' });
    this.status = 'paused';
  }

  /** Trains the network here, also if it was that of a file. */
  reset(): void {
    this.#trainingKey = '';
    if (this.isNetworkOfFile) this.file.dropNetwork();
    this.state = { ...this.state, step: null };
    this.#refresh(this.#known());
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.#trainer?.tell({ kind: 'lab-pace', seconds: this.#seconds() });
  }

  #seconds(): number {
    return this.#isReduced || this.speed === Infinity ? 0 : SHOWN / this.speed;
  }

  #receive(message: FromTrainer): void {
    if (message.kind === 'lab-frame') this.#show(message.frame);
    else if (message.kind === 'lab-progress') this.trainedShare = message.done;
    else if (message.kind === 'lab-measured') return;
    else if (message.kind === 'lab-result') this.result = message.result;
    else if (message.kind === 'lab-done') {
      this.result = message.result;
      this.kernel = message.kernel;
      this.trainedShare = 1;
      const isLost = message.result.best === null;
      this.status = isLost ? 'failed' : 'done';
      this.message = isLost
        ? 'Training diverged in every start. A smaller learning rate may help.'
        : '';
      this.#followStart();
    } else {
      this.status = 'failed';
      this.message = message.message;
    }
  }

  #show(frame: Snapshot | null): void {
    this.frame = frame;
    this.#calm.show(frame);
  }

  #refresh(known: KnownRun): void {
    // Nothing trains behind the page of a model, or before a file is read.
    if (this.state.page === 'model' || this.file.isReading) return;
    this.#train();
    this.#followStart();
    this.diagrams.follow(this.state, this.file.results);
    this.#followHold();
    this.#followPin(known);
  }

  /** Asks for the start that the state names, if the result is about another one. */
  #followStart(): void {
    const { result } = this;
    if (result === null || result.best === null || result.starts.length === 0) return;
    const wanted = placeOf(this.state.start) ?? result.best;
    if (wanted === result.start) return;
    if (result.starts[wanted].loss < Infinity) {
      this.#trainer?.showStart(wanted);
      return;
    }
    this.ignored = [`start ${this.state.start}: its training diverged, the best start is shown`];
    this.state = { ...this.state, start: null };
    if (result.start !== result.best) this.#trainer?.showStart(result.best);
  }

  /** The network of the present state, as far as it is trained. */
  #known(): KnownRun {
    const { heldRun, result } = this;
    const network = networkOf(this.state);
    const isHeld =
      heldRun?.feature === network.hold?.feature && heldRun?.capacity === network.hold?.capacity;
    return { network, result, held: isHeld ? (heldRun?.end ?? null) : null };
  }

  #followPin(known: KnownRun): void {
    if (this.state.pin === null) {
      this.pinned?.close();
      this.pinned = null;
      return;
    }
    void import('./pin.svelte.ts').then(({ PinnedRun }) => {
      const { pin } = this.state;
      if (pin === null) return;
      this.pinned ??= new PinnedRun(this.threads);
      this.pinned.follow(pin, known);
    });
  }

  #followHold(): void {
    if (this.state.hold === null) {
      this.heldRun?.close();
      this.heldRun = null;
      return;
    }
    void import('./hold.svelte.ts').then(({ HeldFeature }) => {
      if (this.state.hold === null) return;
      this.heldRun ??= new HeldFeature(this.threads);
      this.heldRun.follow(this.state);
    });
  }

  #train(): void {
    const key = trainingKey(this.state);
    if (key === this.#trainingKey) return;
    this.#trainingKey = key;
    this.result = null;
    const { features, dims } = this.state;
    if (this.frame?.features !== features || this.frame.dims !== dims) this.#show(null);
    this.message = '';
    const network = this.file.networkOf(this.state);
    if (network !== null) {
      this.#trainer?.stop();
      this.result = network.result;
      this.kernel = network.kernel;
      this.trainedShare = 1;
      this.status = 'done';
      return;
    }
    this.trainedShare = 0;
    this.status = 'running';
    this.#trainer?.train(trainingSpec(this.state), this.#seconds(), placeOf(this.state.start));
  }
}
