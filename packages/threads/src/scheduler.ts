import { mustReplace, takesMore } from './balance.ts';
import { jobQueue } from './job-queue.ts';
import type { Advance, Recalled } from './messages.ts';
import { timeEstimates } from './time-estimates.ts';
import { costLeft, type TrackedJob } from './tracked-job.ts';

/** Decides which worker trains which job, and when a job moves to another worker. */
export interface Scheduler {
  /** Assigns jobs to workers that are about to run out of work, and moves a job where that lets all end together. */
  readonly distribute: () => void;
  /** Records the progress of a job. */
  readonly advance: (worker: number, advance: Advance) => void;
  /** Removes a job that has ended or failed from its worker. */
  readonly remove: (worker: number, index: number) => TrackedJob;
  /** Recalls the jobs of all workers. */
  readonly recallAll: () => void;
  /** Returns the jobs that a worker gave back to the queue. */
  readonly returned: (worker: number, jobs: readonly Recalled[]) => void;
  /** Records that a worker has died; returns the indices of its jobs. */
  readonly lose: (worker: number) => number[];
  /** True when every recall has been answered. */
  readonly isQuiet: () => boolean;
}

/** Sends the scheduler's decisions to workers. */
export interface SchedulerActions {
  readonly assign: (worker: number, jobs: readonly TrackedJob[], stepMs: readonly number[]) => void;
  readonly recall: (worker: number) => void;
}

/** The state of one worker, as the scheduler sees it. */
interface WorkerState {
  readonly worker: number;
  /** Its jobs by index, in the order of work. */
  readonly jobs: Map<number, TrackedJob>;
  /** Expected cost of its jobs, in multiplications. */
  cost: number;
  /** Recalls that it has not answered yet. */
  recalls: number;
  isLost: boolean;
}

/** A scheduler for a run; at first all jobs wait. */
export function scheduler(
  jobs: readonly TrackedJob[],
  threads: number,
  { assign, recall }: SchedulerActions,
): Scheduler {
  const { expectedMs, msLeft, stepMs, learn } = timeEstimates();
  const waiting = jobQueue(jobs, msLeft, expectedMs);
  const states = Array.from({ length: threads }, (_, worker): WorkerState => {
    return { worker, jobs: new Map(), cost: 0, recalls: 0, isLost: false };
  });

  /** Expected milliseconds of a worker's jobs; only the first, which is running, has been measured. */
  function loadMs(state: WorkerState): number {
    for (const running of state.jobs.values()) {
      return msLeft(running) + expectedMs(state.cost - costLeft(running));
    }
    return 0;
  }

  const totalMs = (): number => states.reduce((sum, state) => sum + loadMs(state), waiting.ms());

  function takeNext(state: WorkerState): TrackedJob {
    const job = waiting.take();
    state.jobs.set(job.index, job);
    state.cost += costLeft(job);
    return job;
  }

  function assignTo({ worker }: WorkerState, given: readonly TrackedJob[]): void {
    assign(worker, given, given.map(stepMs));
  }

  function recallFrom(state: WorkerState): void {
    state.recalls++;
    recall(state.worker);
  }

  /** Lets the longest waiting job replace the running one that has the least left, if it must. */
  function replaceShortest(): void {
    const longest = waiting.longest();
    if (longest === null) return;
    let shortest: WorkerState | null = null;
    let shortestMs = Infinity;
    for (const state of states) {
      if (state.jobs.size === 0 || state.recalls > 0) continue;
      const [running] = state.jobs.values();
      if (msLeft(running) >= shortestMs) continue;
      shortest = state;
      shortestMs = msLeft(running);
    }
    if (shortest === null || !mustReplace(shortestMs, msLeft(longest), totalMs(), threads)) return;
    recallFrom(shortest);
    assignTo(shortest, [takeNext(shortest)]);
  }

  /** Assigns waiting jobs, each to the least busy worker, until no worker takes more. */
  function assignWaiting(): void {
    const given = new Map<WorkerState, TrackedJob[]>(states.map((state) => [state, []]));
    const total = totalMs();
    for (let longest = waiting.longest(); longest !== null; longest = waiting.longest()) {
      const state = states.reduce((a, b) => (loadMs(b) < loadMs(a) ? b : a));
      const isIdle = state.jobs.size === 0;
      if (!isIdle && !takesMore(loadMs(state), msLeft(longest), waiting.ms(), total, threads)) {
        break;
      }
      given.get(state)?.push(takeNext(state));
    }
    for (const [state, some] of given) if (some.length > 0) assignTo(state, some);
  }

  return {
    distribute: () => {
      replaceShortest();
      assignWaiting();
    },
    advance: (worker, { index, steps, ms, progress }) => {
      const state = states[worker];
      const job = state.jobs.get(index) as TrackedJob;
      learn(job, steps, ms);
      job.progress = progress ?? job.progress;
      state.cost -= costLeft(job);
      job.stepsLeft = Math.max(0, job.stepsLeft - steps);
      state.cost += costLeft(job);
    },
    remove: (worker, index) => remove(states[worker], index),
    recallAll: () => {
      for (const state of states) if (!state.isLost) recallFrom(state);
    },
    returned: (worker, recalled) => {
      states[worker].recalls--;
      for (const { index, progress } of recalled) {
        const job = remove(states[worker], index);
        job.progress = progress ?? job.progress;
        waiting.add(job);
      }
    },
    lose: (worker) => {
      states[worker].isLost = true;
      return [...states[worker].jobs.keys()];
    },
    isQuiet: () => states.every(({ isLost, recalls }) => isLost || recalls === 0),
  };
}

function remove(state: WorkerState, index: number): TrackedJob {
  const job = state.jobs.get(index) as TrackedJob;
  state.jobs.delete(index);
  state.cost -= costLeft(job);
  return job;
}
