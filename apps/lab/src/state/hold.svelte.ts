import { heldVaried } from '@polysem/core/theory';
import {
  heldCapacities,
  startsBeside,
  type HeldPoint,
  type HoldSpec,
  type HoldTask,
} from '@polysem/engine/phase';
import { openHoldRunner, type HoldRunner } from '../workers/hold-runner.ts';
import type { Snapshot } from '../workers/snapshot.ts';
import { holdSpec, isCertified, isExact, kurtosisOf } from './specs.ts';
import type { LabState } from './state.ts';

/** Milliseconds without a change after which a dragged capacity is trained from all starts. */
const SETTLED = 250;

/** A held network that is trained from all starts. */
export interface HeldEnd {
  readonly snapshot: Snapshot;
  readonly loss: number;
  /** Loss of the optimum without holding, on the same inputs; null if it is not known. */
  readonly free: number | null;
}

/** A held feature: the network trained under its capacity, and the curve of loss against it, as far as they are known. */
export class HeldFeature {
  feature = $state(0);
  /** The capacity that is asked for. */
  capacity = $state(0);
  /** The last trained point. */
  point: HeldPoint | null = $state.raw(null);
  /** Its network. */
  snapshot: Snapshot | null = $state.raw(null);
  /** Points of the curve that are known, by capacity. */
  curve: readonly HeldPoint[] = $state.raw([]);
  /** The optimum without holding. */
  free: HeldPoint | null = $state.raw(null);
  /** Fraction of the curve's work that is done. */
  done = $state(0);
  /** True once the held point is trained from all starts, after the curve. */
  isSettled = $state(false);
  message = $state('');
  /** The held network; null before it is trained from all starts. */
  readonly end: HeldEnd | null = $derived.by(() => {
    const best = this.point?.best ?? null;
    if (!this.isSettled || best === null || this.snapshot === null) return null;
    return { snapshot: this.snapshot, loss: best.loss, free: this.free?.best?.loss ?? null };
  });
  /** The closed form of the curve, where it is known. */
  theory: readonly { readonly capacity: number; readonly loss: number }[] = $state.raw([]);

  readonly #threads: number;
  #runner: HoldRunner | null = null;
  #spec: HoldSpec | null = null;
  #key = '';
  #state: LabState | null = null;
  #isPumping = false;
  /** The runner that trains the held point from all starts. */
  #settling: HoldRunner | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** Follows a state in which something is held. */
  follow(state: LabState): void {
    const { hold } = state;
    if (hold === null) return;
    this.#state = state;
    const spec = holdSpec(state);
    const key = JSON.stringify(spec);
    const isNew = key !== this.#key;
    if (!isNew && hold.capacity === this.capacity) return;
    this.feature = hold.feature;
    this.capacity = hold.capacity;
    this.isSettled = false;
    if (isNew) this.#begin(spec, key, state);
    void this.#pump();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#runner?.close();
    this.#runner = null;
    this.#key = '';
  }

  #begin(spec: HoldSpec, key: string, state: LabState): void {
    this.close();
    this.#key = key;
    this.#spec = spec;
    this.point = null;
    this.snapshot = null;
    this.curve = [];
    this.free = null;
    this.done = 0;
    this.message = '';
    this.theory = theoryOf(state);
    const runner = openHoldRunner(this.#threads, spec);
    this.#runner = runner;
    const found: (HeldPoint | undefined)[] = [];
    runner
      .curve(spec, heldCapacities, (row, point, done) => {
        if (runner !== this.#runner || !isBetter(point, found[row])) return;
        found[row] = point;
        this.done = done;
        if (row === heldCapacities.length) this.free = point;
        else this.curve = found.slice(0, heldCapacities.length).filter((one) => one !== undefined);
      })
      .then(
        ({ points, free }) => {
          if (runner !== this.#runner) return;
          this.curve = points;
          this.free = free;
          this.done = 1;
          void this.#settle(runner);
        },
        (error: unknown) => {
          if (runner !== this.#runner) return;
          this.message = error instanceof Error ? error.message : String(error);
        },
      );
  }

  /** Trains the capacity that is asked for, from the last network, until no other is asked for. */
  async #pump(): Promise<void> {
    const runner = this.#runner;
    if (this.#isPumping || runner === null) return;
    this.#isPumping = true;
    try {
      while (this.point?.capacity !== this.capacity) {
        const { capacity } = this;
        const start = this.point?.best?.parameters;
        const near = startsBeside(this.curve, this.free, capacity);
        const restarts = start === undefined && near.length === 0 ? undefined : 0;
        const starts = start === undefined ? near : [start, ...near];
        // Each capacity starts from the network of the one before.
        // oxlint-disable-next-line no-await-in-loop
        const point = await this.#train(runner, capacity, starts, restarts);
        // oxlint-disable-next-line no-await-in-loop
        if (!(await this.#show(runner, point))) return;
      }
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#settle(runner), SETTLED);
    } catch (error) {
      if (runner === this.#runner)
        this.message = error instanceof Error ? error.message : String(error);
    } finally {
      this.#isPumping = false;
      if (runner !== this.#runner) void this.#pump();
    }
  }

  /** Trains the held point from all starts, so that a link gives the same network however it was reached. */
  async #settle(runner: HoldRunner): Promise<void> {
    const { capacity, done } = this;
    if (this.#isPumping || this.#settling === runner || runner !== this.#runner) return;
    this.#settling = runner;
    try {
      const near = startsBeside(this.curve, this.free, capacity);
      const point = await this.#train(runner, capacity, near);
      if (capacity !== this.capacity || runner !== this.#runner) return;
      const isShown = await this.#show(runner, point);
      if (isShown && capacity === this.capacity && done === 1) this.isSettled = true;
    } catch (error) {
      if (runner === this.#runner)
        this.message = error instanceof Error ? error.message : String(error);
    } finally {
      if (this.#settling === runner) this.#settling = null;
      // Only the finished curve has all starts.
      if (done < 1 && this.done === 1) void this.#settle(runner);
    }
  }

  #train(
    runner: HoldRunner,
    capacity: number,
    starts: readonly Float64Array[],
    restarts = this.#spec!.training.restarts,
  ): Promise<HeldPoint> {
    const task: HoldTask = { spec: this.#spec!, row: 0, capacity, restarts, starts };
    return runner.point(task);
  }

  /** Shows a point; false if it is no longer wanted. */
  async #show(runner: HoldRunner, point: HeldPoint): Promise<boolean> {
    if (runner !== this.#runner) return false;
    if (point.best !== null) {
      const { features, dims, steps } = this.#state!;
      const { loss, parameters } = point.best;
      const weights = parameters.slice(0, features * dims);
      const signs = isExact(this.#state!) ? 'free' : 'fixed';
      const snapshot = await runner.measure({ step: steps, loss, dims, features, weights, signs });
      if (runner !== this.#runner) return false;
      this.snapshot = snapshot;
    }
    this.point = point;
    return true;
  }
}

function isBetter(point: HeldPoint, before: HeldPoint | undefined): boolean {
  if (before === undefined || before.best === null) return true;
  return point.best !== null && point.best.loss < before.best.loss;
}

/** The closed form: for the quadratic model with one importance that differs, and only that feature. */
function theoryOf(state: LabState): { capacity: number; loss: number }[] {
  const { features, dims, importance, density, hold } = state;
  const kurtosis = kurtosisOf(state)[0];
  if (!isCertified(state) || hold?.feature !== 0 || kurtosis < 3 || dims >= features) return [];
  if (typeof importance !== 'number' || typeof density !== 'number') return [];
  return Array.from({ length: 101 }, (_, k) => {
    const capacity = k / 100;
    return { capacity, loss: heldVaried({ features, dims, kurtosis }, importance, capacity).loss };
  });
}
