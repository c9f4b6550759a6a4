import type { Job, JobProgress } from '@polysem/engine/training';
import type { KernelName } from '@polysem/engine/kernels';
import type { SweepTask, SweptRow } from '@polysem/engine/phase';

/** A job on its way to a worker. */
export interface Assignment {
  /** The job's place among those of the run. */
  readonly index: number;
  readonly job: Job;
  /** Where to go on from; null to begin. */
  readonly progress: JobProgress | null;
  /** Milliseconds that a step is expected to take. */
  readonly stepMs: number;
}

/** What a worker is told. Orders are followed between two slices of work, in the order they came. */
export type Order =
  | { readonly kind: 'start'; readonly kernel: KernelName | 'auto' }
  | {
      readonly kind: 'assign';
      readonly assignments: readonly Assignment[];
      /** After how many milliseconds at work on a job its progress is sent again. */
      readonly checkpointMs: number;
    }
  /** Work on a row of a phase diagram, as a whole. */
  | { readonly kind: 'sweep'; readonly index: number; readonly task: SweepTask }
  /** Hand back every job that is not finished. */
  | { readonly kind: 'release' };

/** How a job came on in one slice. */
export interface Advance {
  readonly index: number;
  /** Steps of the job taken so far. */
  readonly step: number;
  /** Those taken in this slice. */
  readonly steps: number;
  /** What the slice took. */
  readonly ms: number;
  /** At the end of the job, or when it is to be kept; else null. */
  readonly progress: JobProgress | null;
}

/** A job handed back, with where it can be gone on from; null if it was not begun. */
export type Unfinished = Pick<Assignment, 'index' | 'progress'>;

/** An error as plain data: not every thrown thing can be sent. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** What a worker tells. */
export type Report =
  | { readonly kind: 'ready'; readonly kernel: KernelName }
  | { readonly kind: 'advanced'; readonly advances: readonly Advance[] }
  | { readonly kind: 'swept'; readonly index: number; readonly row: SweptRow }
  | { readonly kind: 'released'; readonly unfinished: readonly Unfinished[] }
  | { readonly kind: 'failed'; readonly index: number; readonly error: SentError };
