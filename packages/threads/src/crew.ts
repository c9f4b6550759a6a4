import { mustGiveWay, takesMore } from './balance.ts';
import type { Advance, Assignment, Order, Unfinished } from './messages.ts';
import { pace } from './pace.ts';
import { costLeft, type Task } from './task.ts';
import { waitingTasks } from './waiting.ts';

/** The workers of a run: who has which job, and who gets the next. */
export interface Crew {
  /** Gives work to those who run out of it, and moves a job where that lets all end together. */
  readonly share: () => void;
  /** Takes in how a job came on. */
  readonly note: (thread: number, advance: Advance) => void;
  /** Takes a job from a worker for good; gives it. */
  readonly drop: (thread: number, index: number) => Task;
  /** Calls all jobs back. */
  readonly release: () => void;
  /** Takes in that a worker has handed back its jobs. */
  readonly takeBack: (thread: number, unfinished: readonly Unfinished[]) => void;
  /** A worker is no more; gives the jobs it had. */
  readonly lose: (thread: number) => number[];
  /** Whether all jobs that were called back have come. */
  readonly isQuiet: () => boolean;
}

/** A worker, as seen from here. */
interface Hand {
  readonly thread: number;
  /** The jobs it has, in the order of work. */
  readonly tasks: Map<number, Task>;
  /** What they will cost. */
  cost: number;
  /** Orders to release that it has not answered yet. */
  releases: number;
  isLost: boolean;
}

/** A crew that has nothing to do yet but these jobs, which wait. */
export function crewFor(
  tasks: readonly Task[],
  threads: number,
  checkpointMs: number,
  post: (thread: number, order: Order) => void,
): Crew {
  const { expectedMs, msLeft, stepMs, learn } = pace();
  const waiting = waitingTasks(tasks, msLeft, expectedMs);
  const hands = Array.from({ length: threads }, (_, thread): Hand => {
    return { thread, tasks: new Map(), cost: 0, releases: 0, isLost: false };
  });

  /** What the jobs of a worker will take; only the one at work has been measured. */
  function loadMs(hand: Hand): number {
    for (const atWork of hand.tasks.values()) {
      return msLeft(atWork) + expectedMs(hand.cost - costLeft(atWork));
    }
    return 0;
  }

  function assign(hand: Hand, given: readonly Task[]): void {
    const assignments = given.map((task): Assignment => {
      return { index: task.index, job: task.job, progress: task.progress, stepMs: stepMs(task) };
    });
    post(hand.thread, { kind: 'assign', assignments, checkpointMs });
  }

  function give(hand: Hand): Task {
    const task = waiting.take();
    hand.tasks.set(task.index, task);
    hand.cost += costLeft(task);
    return task;
  }

  function release(hand: Hand): void {
    hand.releases++;
    post(hand.thread, { kind: 'release' });
  }

  const totalMs = (): number => hands.reduce((sum, hand) => sum + loadMs(hand), waiting.ms());

  /** Lets the longest job that waits take the place of the shortest at work, if it must. */
  function giveWay(): void {
    const longest = waiting.longest();
    if (longest === null) return;
    let shortest: Hand | null = null;
    let shortestMs = Infinity;
    for (const hand of hands) {
      if (hand.tasks.size === 0 || hand.releases > 0) continue;
      const [atWork] = hand.tasks.values();
      if (msLeft(atWork) >= shortestMs) continue;
      shortest = hand;
      shortestMs = msLeft(atWork);
    }
    if (shortest === null || !mustGiveWay(shortestMs, msLeft(longest), totalMs(), threads)) return;
    release(shortest);
    assign(shortest, [give(shortest)]);
  }

  /** Hands out jobs, each to the least busy, until no one takes more. */
  function handOut(): void {
    const given = new Map<Hand, Task[]>(hands.map((hand) => [hand, []]));
    const total = totalMs();
    for (let longest = waiting.longest(); longest !== null; longest = waiting.longest()) {
      const hand = hands.reduce((a, b) => (loadMs(b) < loadMs(a) ? b : a));
      const isIdle = hand.tasks.size === 0;
      if (!isIdle && !takesMore(loadMs(hand), msLeft(longest), waiting.ms(), total, threads)) {
        break;
      }
      given.get(hand)?.push(give(hand));
    }
    for (const [hand, some] of given) if (some.length > 0) assign(hand, some);
  }

  return {
    share: () => {
      giveWay();
      handOut();
    },
    note: (thread, { index, steps, ms, progress }) => {
      const hand = hands[thread];
      const task = hand.tasks.get(index) as Task;
      learn(task, steps, ms);
      task.progress = progress ?? task.progress;
      hand.cost -= costLeft(task);
      task.stepsLeft = Math.max(0, task.stepsLeft - steps);
      hand.cost += costLeft(task);
    },
    drop: (thread, index) => remove(hands[thread], index),
    release: () => {
      for (const hand of hands) if (!hand.isLost) release(hand);
    },
    takeBack: (thread, unfinished) => {
      hands[thread].releases--;
      for (const { index, progress } of unfinished) {
        const task = remove(hands[thread], index);
        task.progress = progress ?? task.progress;
        waiting.add(task);
      }
    },
    lose: (thread) => {
      hands[thread].isLost = true;
      return [...hands[thread].tasks.keys()];
    },
    isQuiet: () => hands.every(({ isLost, releases }) => isLost || releases === 0),
  };
}

function remove(hand: Hand, index: number): Task {
  const task = hand.tasks.get(index) as Task;
  hand.tasks.delete(index);
  hand.cost -= costLeft(task);
  return task;
}
