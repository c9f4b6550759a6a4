import type { SharedMemory } from '@polysem/numerics/wasm';
import { buildThread, takeMemory, writeTables, type LargeMachine } from './large-machine.ts';
import { CONTROL_BYTES, largeMemory } from './large-memory.ts';
import { isSameShape, type LargeShape } from './large-shape.ts';
import { doTask, type LargeThread, type Tasks } from './large-tasks.ts';

/*
 * Several threads that compute one large model in a shared memory. One leads: it announces tasks. All take tasks from a common
 * counter until none is left. Each task gives the same result on every thread, so results do not depend on their number.
 */

/** A team of threads with a shared memory; plain data that can be sent to them. */
export interface LargeTeam {
  readonly shape: LargeShape;
  readonly threads: number;
  readonly linear: SharedMemory;
}

/** 32-bit places in the exchange between threads. */
const PLACE = { round: 0, done: 1, isEnded: 2, kind: 3, count: 4, first: 5, second: 6, third: 7 };
/** 64-bit places: the counter of tasks, and a float64 that belongs to them. */
const TICKET = 8;
const NUMBER = 9;
/** The counter is the round times this, plus the number of tasks taken. */
const ROUND: bigint = 2n ** 32n;
/** Milliseconds between two looks of a waiting leader whether the team still works. */
const LOOK_MS = 100;

const KINDS = ['forward', 'gather', 'norm', 'update'] as const;

/** Views of the exchange between threads. */
interface Control {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly ticket: BigInt64Array<SharedArrayBuffer>;
  readonly number: Float64Array<SharedArrayBuffer>;
}

function controlOf({ shape, threads, linear: { buffer } }: LargeTeam): Control {
  const { control } = largeMemory(shape, threads);
  return {
    words: new Int32Array(buffer, control, CONTROL_BYTES / 4),
    ticket: new BigInt64Array(buffer, control + 8 * TICKET, 1),
    number: new Float64Array(buffer, control + 8 * NUMBER, 1),
  };
}

/**
 * Takes the shared memory of a team.
 *
 * @param shape the model that the team trains, from `teamShape`.
 * @param threads number of threads, with the leader.
 * @returns the team.
 * @throws RangeError if WebAssembly cannot address the memory, or the machine does not have it.
 *
 * @example
 * ```js
 * import { endTeam, makeTeam, teamShape } from 'polysem/kernels';
 * import { planTraining, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 700, dims: 100, importance: Array(700).fill(1) };
 * const model = { task: 'compression', activation: 'relu', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.01, unitVariance: false };
 * const { instance } = planTraining({ model, inputs, ...trainingDefaults(model), seed: 0 }).job(0);
 * const team = makeTeam(teamShape(instance, 'wasm-simd'), 2);
 * team.threads; // 2
 * endTeam(team);
 * ```
 */
export function makeTeam(shape: LargeShape, threads: number): LargeTeam {
  const { pages } = largeMemory(shape, threads);
  const linear = takeMemory(shape, pages, ({ Memory }, initial) => {
    return new Memory({ initial, maximum: initial, shared: true });
  });
  return { shape, threads, linear };
}

/**
 * Ends a team. A leader that waits for its helpers throws.
 *
 * @param team the team.
 *
 * @example
 * ```js
 * import { endTeam, makeTeam, teamShape } from 'polysem/kernels';
 * import { planTraining, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 700, dims: 100, importance: Array(700).fill(1) };
 * const model = { task: 'compression', activation: 'relu', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.01, unitVariance: false };
 * const { instance } = planTraining({ model, inputs, ...trainingDefaults(model), seed: 0 }).job(0);
 * const team = makeTeam(teamShape(instance, 'wasm-simd'), 2);
 * endTeam(team);
 * ```
 */
export function endTeam(team: LargeTeam): void {
  const { words } = controlOf(team);
  Atomics.store(words, PLACE.isEnded, 1);
  Atomics.notify(words, PLACE.done);
  Atomics.notify(words, PLACE.round);
}

/** The machine that this thread leads. */
let led: LargeMachine | null = null;

/** The machine that this thread leads, if it computes models of a shape. */
export function ledMachine(shape: LargeShape): LargeMachine | null {
  return led !== null && led.isOpen() && isSameShape(led.shape, shape) ? led : null;
}

/**
 * Makes this thread the leader of a team: for as long as the team lasts, the kernel trains models of its shape with it.
 *
 * @param team the team.
 *
 * @example
 * ```js
 * import { endTeam, leadTeam, makeTeam, teamShape } from 'polysem/kernels';
 * import { planTraining, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 700, dims: 100, importance: Array(700).fill(1) };
 * const model = { task: 'compression', activation: 'relu', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.01, unitVariance: false };
 * const { instance } = planTraining({ model, inputs, ...trainingDefaults(model), seed: 0 }).job(0);
 * const team = makeTeam(teamShape(instance, 'wasm-simd'), 2);
 * leadTeam(team);
 * endTeam(team);
 * ```
 */
export function leadTeam(team: LargeTeam): void {
  const control = controlOf(team);
  const thread = threadOf(team, 0);
  writeTables(thread);
  led = {
    ...thread,
    isOpen: () => Atomics.load(control.words, PLACE.isEnded) === 0,
    run: (tasks) => {
      announce(control, tasks);
      takeTasks(control, thread, tasks);
      waitForAll(control, tasks.count);
    },
  };
}

function threadOf({ shape, threads, linear }: LargeTeam, thread: number): LargeThread {
  return buildThread(shape, largeMemory(shape, threads), linear, thread);
}

function announce({ words, ticket, number }: Control, tasks: Tasks): void {
  const round = Atomics.load(words, PLACE.round) + 1;
  // Closes the counter: a thread that is late must not take tasks while they are being described.
  Atomics.store(ticket, 0, BigInt(round) * ROUND + ROUND - 1n);
  words[PLACE.kind] = KINDS.indexOf(tasks.kind);
  words[PLACE.count] = tasks.count;
  if (tasks.kind === 'forward') {
    words[PLACE.first] = tasks.number;
    words[PLACE.second] = tasks.rows;
    words[PLACE.third] = tasks.wantsGradient ? 1 : 0;
  } else if (tasks.kind === 'gather') {
    words[PLACE.first] = tasks.panels;
    words[PLACE.second] = tasks.isFirst ? 1 : 0;
  } else if (tasks.kind === 'update') {
    words[PLACE.first] = tasks.table;
    number[0] = tasks.squaredNorm;
  }
  Atomics.store(words, PLACE.done, 0);
  Atomics.store(ticket, 0, BigInt(round) * ROUND);
  Atomics.store(words, PLACE.round, round);
  Atomics.notify(words, PLACE.round);
}

/** The tasks that a leader has announced. */
function announced({ words, number }: Control): Tasks {
  const [first, second, third] = [words[PLACE.first], words[PLACE.second], words[PLACE.third]];
  const kind = KINDS[words[PLACE.kind]];
  const count = words[PLACE.count];
  switch (kind) {
    case 'forward':
      return { kind, count, number: first >>> 0, rows: second, wantsGradient: third === 1 };
    case 'gather':
      return { kind, count, panels: first, isFirst: second === 1 };
    case 'norm':
      return { kind, count };
    case 'update':
      return { kind, count, table: first, squaredNorm: number[0] };
  }
}

/** Does tasks of the current round until none is left. */
function takeTasks(control: Control, thread: LargeThread, tasks: Tasks, own?: bigint): void {
  const { words, ticket } = control;
  const round = own ?? Atomics.load(ticket, 0) / ROUND;
  for (;;) {
    const taken = Atomics.load(ticket, 0);
    if (taken / ROUND !== round || taken % ROUND >= BigInt(tasks.count)) return;
    if (Atomics.compareExchange(ticket, 0, taken, taken + 1n) !== taken) continue;
    doTask(thread, tasks, Number(taken % ROUND));
    Atomics.add(words, PLACE.done, 1);
    Atomics.notify(words, PLACE.done);
  }
}

/** Waits until all tasks of the round are done. @throws Error if the team ends before. */
function waitForAll({ words }: Control, count: number): void {
  for (;;) {
    const done = Atomics.load(words, PLACE.done);
    if (done >= count) return;
    if (Atomics.load(words, PLACE.isEnded) === 1)
      throw new Error('a thread that trained the model has ended');
    Atomics.wait(words, PLACE.done, done, LOOK_MS);
  }
}

/** A thread that helps the leader of a team. */
export interface TeamHelper {
  /** Waits up to `milliseconds` for tasks of the leader, and does some if there are any. */
  readonly help: (milliseconds: number) => void;
}

/**
 * Makes this thread a helper of a team.
 *
 * @param team the team.
 * @param number number of the thread in the team, at least 1.
 * @returns a function that helps for a while.
 *
 * @example
 * ```js
 * import { endTeam, joinTeam, makeTeam, teamShape } from 'polysem/kernels';
 * import { planTraining, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 700, dims: 100, importance: Array(700).fill(1) };
 * const model = { task: 'compression', activation: 'relu', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.01, unitVariance: false };
 * const { instance } = planTraining({ model, inputs, ...trainingDefaults(model), seed: 0 }).job(0);
 * const team = makeTeam(teamShape(instance, 'wasm-simd'), 2);
 * joinTeam(team, 1).help(1);
 * endTeam(team);
 * ```
 */
export function joinTeam(team: LargeTeam, number: number): TeamHelper {
  const control = controlOf(team);
  const { words } = control;
  const thread = threadOf(team, number);
  let seen = 0;
  return {
    help: (milliseconds) => {
      Atomics.wait(words, PLACE.round, seen, milliseconds);
      const round = Atomics.load(words, PLACE.round);
      if (round === seen) return;
      seen = round;
      try {
        takeTasks(control, thread, announced(control), BigInt(round));
      } catch (error) {
        endTeam(team);
        throw error;
      }
    },
  };
}
