import { costLeft, type Task } from './task.ts';

/** The jobs that no worker has. */
export interface Waiting {
  /** What they all will take. */
  readonly ms: () => number;
  /** The one that will take longest; it stays. Null if none waits. */
  readonly longest: () => Task | null;
  /** Takes away the one that will take longest. */
  readonly take: () => Task;
  /** Takes back one that a worker had. */
  readonly add: (task: Task) => void;
}

/** Makes the jobs of a run wait; what a job and a cost will take is asked when it matters. */
export function waitingTasks(
  tasks: readonly Task[],
  msLeft: (task: Task) => number,
  expectedMs: (cost: number) => number,
): Waiting {
  // Those never at work, the longest last; equals in their order.
  const fresh = tasks.toReversed().toSorted((a, b) => costLeft(a) - costLeft(b));
  let freshCost = fresh.reduce((sum, task) => sum + costLeft(task), 0);
  // Those that a worker had: a few.
  const returned: Task[] = [];

  const longest = (): Task | null =>
    returned.reduce<Task | null>(
      (best, task) => (best === null || msLeft(task) > msLeft(best) ? task : best),
      fresh.at(-1) ?? null,
    );
  return {
    ms: () => returned.reduce((sum, task) => sum + msLeft(task), expectedMs(freshCost)),
    longest,
    take: () => {
      const task = longest();
      if (task === null) throw new Error('no job waits');
      if (task === fresh.at(-1)) {
        fresh.pop();
        freshCost -= costLeft(task);
      } else {
        returned.splice(returned.indexOf(task), 1);
      }
      return task;
    },
    add: (task) => {
      returned.push(task);
    },
  };
}
