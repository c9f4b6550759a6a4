import type { TrainingSpec } from '@polysem/engine/training';
import type { DynamicsEvent } from '@polysem/core/geometry';
import type { Snapshot } from './snapshot.ts';

/** A message to the worker that trains the network of the page. */
export type ToTrainer =
  | {
      readonly kind: 'lab-train';
      readonly id: number;
      readonly spec: TrainingSpec;
      readonly seconds: number;
      /** The start whose network is wanted, from 0; null for the best. */
      readonly start: number | null;
    }
  /** Asks for the result of another start of the training that has ended. */
  | { readonly kind: 'lab-start'; readonly id: number; readonly start: number | null }
  /** Ends the training; the next message of this number begins another. */
  | { readonly kind: 'lab-stop'; readonly id: number }
  /** The page has drawn the last picture, and has time for another. */
  | { readonly kind: 'lab-shown' }
  | { readonly kind: 'lab-pause' }
  | { readonly kind: 'lab-play' }
  | { readonly kind: 'lab-step' }
  /** Measures weights that were trained elsewhere. */
  | {
      readonly kind: 'lab-measure';
      readonly id: number;
      readonly step: number;
      readonly loss: number;
      readonly dims: number;
      readonly features: number;
      readonly weights: Float64Array;
      readonly signs: 'fixed' | 'free';
    }
  /** Seconds that the first start shall take; 0 for as fast as possible. */
  | { readonly kind: 'lab-pace'; readonly seconds: number };

/** Outcome of one start. */
export interface StartEnd {
  /** Infinity if it diverged. */
  readonly loss: number;
}

/** A change of the blocks in training. */
export type LabEvent = Pick<DynamicsEvent, 'step' | 'kind' | 'from' | 'into'>;

/** The parameters of a network, in the user's units. */
export interface TrainedNetwork {
  /** W, feature by feature. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  /** U, feature by feature; null if it is tied to W or there is none. */
  readonly readOut: Float64Array | null;
}

/** The outcome of all starts, and everything about one of them; plain data. */
export interface LabResult {
  /** Every start in turn; empty if only one is known. */
  readonly starts: readonly StartEnd[];
  /** The start of least loss, from 0; null if all diverged. */
  readonly best: number | null;
  /** The start that the rest is about: the one that was asked for, or the best. */
  readonly start: number | null;
  readonly loss: number;
  readonly lossError: number | null;
  /** The certified optimum; null where there is none. */
  readonly optimum: number | null;
  readonly gap: number | null;
  /** Its network; null if every start diverged. */
  readonly network: TrainedNetwork | null;
  /** Its last step; null if every start diverged. */
  readonly end: Snapshot | null;
  /** Its recorded steps. */
  readonly history: readonly Snapshot[];
  readonly events: readonly LabEvent[];
}

/** A message from that worker. */
export type FromTrainer =
  | {
      readonly kind: 'lab-frame';
      readonly id: number;
      readonly start: number;
      readonly frame: Snapshot;
    }
  | { readonly kind: 'lab-progress'; readonly id: number; readonly done: number }
  | {
      readonly kind: 'lab-done';
      readonly id: number;
      readonly result: LabResult;
      readonly kernel: string;
    }
  /** The result of a training that has ended, with another start. */
  | { readonly kind: 'lab-result'; readonly id: number; readonly result: LabResult }
  | { readonly kind: 'lab-measured'; readonly id: number; readonly snapshot: Snapshot }
  | { readonly kind: 'lab-failed'; readonly id: number; readonly message: string };
