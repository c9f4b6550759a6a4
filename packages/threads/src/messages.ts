import type { JobProgress } from '@polysem/engine/training';
import type { KernelName, LargeTeam, ModelActivations } from '@polysem/engine/kernels';
import type { StreamTasks } from '@polysem/core/streaming';
import type { RowTasks } from '@polysem/engine/phase';
import type { SentError } from './sent-error.ts';
import type { Part } from './sent-once.ts';

/** The kernel that workers use; all plain data. */
export interface KernelChoice {
  /** Name of the kernel; `auto` is the fastest that can train the models. */
  readonly name: KernelName | 'auto';
  /** The models to train, of which only task and activations count. */
  readonly models: readonly ModelActivations[];
}

/** The tasks that a worker can do: those of a measurement, and rows of phase diagrams. */
export interface WorkerTasks extends StreamTasks, RowTasks {}

/** A job on its way to a worker. */
export interface Assignment {
  /** The job's place among those of the run. */
  readonly index: number;
  /** The job, with references in the place of parts that the worker keeps (`sent-once.ts`). */
  readonly job: unknown;
  /** The state from which to continue; null to begin. */
  readonly progress: JobProgress | null;
  /** Expected milliseconds per step. */
  readonly stepMs: number;
}

/**
 * A message to a worker. A worker handles messages in the order in which they were sent, and between two slices of
 * training.
 */
export type ToWorker =
  /** The first message. The worker answers `ready`. */
  | { readonly kind: 'start'; readonly kernel: KernelChoice }
  /** Drops all parts that came with earlier messages, and leaves the team. */
  | { readonly kind: 'forget' }
  /** Joins a team that trains a large model; thread 0 leads it. */
  | { readonly kind: 'team'; readonly team: LargeTeam; readonly thread: number }
  /** Does a task at once. The worker answers `done` or `failed`. */
  | {
      readonly kind: 'task';
      readonly id: number;
      readonly name: keyof WorkerTasks;
      readonly input: unknown;
      /** Parts to keep first, to which the input refers. */
      readonly parts: readonly Part[];
    }
  /** Appends jobs to the worker's queue. The worker answers `advanced` again and again. */
  | {
      readonly kind: 'train';
      readonly assignments: readonly Assignment[];
      /** Parts to keep first, to which the jobs refer. */
      readonly parts: readonly Part[];
      /** Milliseconds of work on a job after which its progress is sent again. */
      readonly checkpointMs: number;
    }
  /** Asks for all unfinished jobs back. The worker answers `recalled`. */
  | { readonly kind: 'recall' };

/** The progress of a job in one slice of work. */
export interface Advance {
  readonly index: number;
  /** Steps of the job taken so far; a held-out batch counts as half a step. */
  readonly step: number;
  /** Steps taken in this slice. */
  readonly steps: number;
  /** Milliseconds of this slice. */
  readonly ms: number;
  /** The state of the job when it has ended or a checkpoint is due; else null. */
  readonly progress: JobProgress | null;
}

/** A job that a worker gives back, with the state from which to continue; null if it was not begun. */
export type Recalled = Pick<Assignment, 'index' | 'progress'>;

/** A message from a worker. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly kernel: KernelName }
  | { readonly kind: 'done'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError }
  | { readonly kind: 'advanced'; readonly advances: readonly Advance[] }
  | { readonly kind: 'job-failed'; readonly index: number; readonly error: SentError }
  | { readonly kind: 'recalled'; readonly jobs: readonly Recalled[] };

/** Sends a message to one of several workers. */
export type Post = (worker: number, message: ToWorker) => void;
