import type { Task } from './task.ts';

/** What is known of how fast jobs go. */
export interface Pace {
  /** What work of such a cost takes where it has not been measured. */
  readonly expectedMs: (cost: number) => number;
  /** What a step of a job takes, measured or expected. */
  readonly stepMs: (task: Task) => number;
  /** What the rest of a job takes. */
  readonly msLeft: (task: Task) => number;
  /** Takes in that so many steps of a job took so long. */
  readonly learn: (task: Task, steps: number, ms: number) => void;
}

/** Learns the pace of a run: of each job from itself, of jobs that were not at work yet from the others. */
export function pace(): Pace {
  // A first guess that weighs next to nothing; what is long past fades, such as a kernel's first calls.
  let ms = 1e-6;
  let cost = 1;
  const expectedMs = (ofCost: number): number => ofCost * (ms / cost);
  const stepMs = (task: Task): number => task.stepMs ?? expectedMs(task.stepCost);
  return {
    expectedMs,
    stepMs,
    msLeft: (task) => task.stepsLeft * stepMs(task),
    learn: (task, steps, took) => {
      if (steps === 0) return;
      // One slice may have been disturbed.
      task.stepMs = task.stepMs === null ? took / steps : 0.8 * task.stepMs + 0.2 * (took / steps);
      ms = 0.9 * ms + took;
      cost = 0.9 * cost + steps * task.stepCost;
    },
  };
}
