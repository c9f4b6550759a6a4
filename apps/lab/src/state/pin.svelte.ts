import type { FromTrainer, LabResult } from '../workers/messages.ts';
import type { Snapshot } from '../workers/snapshot.ts';
import { openTrainer, type Trainer } from '../workers/trainer.ts';
import { HeldFeature, type HeldEnd } from './hold.svelte.ts';
import { trainingSpec } from './specs.ts';
import { initialState, networkOf, placeOf, type LabState, type NetworkState } from './state.ts';
import { shownOf } from './shown.ts';

/** A network of the page and its results, so that pinning it needs no training. */
export interface KnownRun {
  readonly network: NetworkState;
  /** Null while it is being trained. */
  readonly result: LabResult | null;
  /** Null if nothing is held, or the held network is still being trained. */
  readonly held: HeldEnd | null;
}

/** The pinned network: taken over from the page, or trained again, to the same bytes. */
export class PinnedRun {
  /** Its settings; those that do not concern a network have their initial value. */
  state: LabState = $state.raw(initialState);
  #failure = $state('');
  result: LabResult | null = $state.raw(null);
  #frame: Snapshot | null = $state.raw(null);
  #kept: HeldEnd | null = $state.raw(null);
  #run: HeldFeature | null = $state.raw(null);

  /** Its held network, once it is trained from all starts. */
  readonly held: HeldEnd | null = $derived(this.#kept ?? this.#run?.end ?? null);
  /** The network that is shown; null until there is one. */
  readonly snapshot: Snapshot | null = $derived(
    this.state.hold === null
      ? shownOf(this.result, this.state.step, this.#frame)
      : (this.#kept?.snapshot ?? this.#run?.snapshot ?? null),
  );
  /** True once the network is the one that a link restores. */
  readonly isDone: boolean = $derived(
    (this.state.hold === null ? this.result : this.held) !== null,
  );
  /** Reason why there is no network; empty if there is one. */
  readonly message: string = $derived(
    this.result !== null && this.result.best === null
      ? 'Training diverged in every start.'
      : this.#failure || (this.#run?.message ?? ''),
  );

  readonly #threads: number;
  #trainer: Trainer | null = null;
  #key = '';

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** Shows a network: takes it over from the page if that is the same, and trains it otherwise. */
  follow(network: NetworkState, known: KnownRun): void {
    const key = JSON.stringify(networkOf(network));
    if (key === this.#key) return;
    this.close();
    this.#key = key;
    this.state = { ...initialState, ...network };
    this.#failure = '';
    this.#frame = null;
    const isKnown = JSON.stringify(known.network) === key;
    this.result = isKnown ? known.result : null;
    this.#kept = isKnown ? known.held : null;
    if (network.hold === null) {
      if (this.result === null) this.#train();
    } else if (this.#kept === null) {
      this.#run = new HeldFeature(this.#threads);
      this.#run.follow(this.state);
    }
  }

  close(): void {
    this.#trainer?.close();
    this.#trainer = null;
    this.#run?.close();
    this.#run = null;
    this.#key = '';
  }

  #train(): void {
    const trainer = openTrainer((message) => this.#receive(message));
    this.#trainer = trainer;
    trainer.train(trainingSpec(this.state), 0, placeOf(this.state.start));
  }

  #receive(message: FromTrainer): void {
    if (message.kind === 'lab-frame') this.#frame = message.frame;
    else if (message.kind === 'lab-failed') this.#failure = message.message;
    else if (message.kind === 'lab-done') {
      this.result = message.result;
      this.#trainer?.close();
      this.#trainer = null;
    }
  }
}
