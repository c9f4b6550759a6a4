import { embedding } from '@polysem/core/embedding';
import { fastestKernel } from '@polysem/engine/kernels';
import { isQuadraticModel } from '@polysem/engine/models';
import {
  planTraining,
  trainPlans,
  type JobProgress,
  type TrainingPlan,
} from '@polysem/engine/training';
import { eventsOf } from './events-of.ts';
import { liveExecutor, Stale, type Pace } from './live-executor.ts';
import type { FromTrainer, LabResult, ToTrainer } from './messages.ts';
import { snapshotOf } from './snapshot.ts';

/** Least milliseconds between two pictures of a training, and between two reports of progress. */
const FRAME = 30;
const PROGRESS = 120;
/** Milliseconds that browsers may add to a timer. */
const TIMER = 4;

const pace: Pace = { isPaused: false, singleSteps: 0, seconds: 0 };
let current = 0;
/** True if the page has drawn the last picture: a slow page gets fewer, and not a queue of them. */
let isShown = true;
let wake = (): void => undefined;

// Browsers delay timers by milliseconds, messages not.
const toItself = new MessageChannel();
let afterMessages = (): void => undefined;
toItself.port1.addEventListener('message', () => afterMessages());
toItself.port1.start();

/** Lets messages come in for some seconds; while paused, waits for one. */
function breathe(isPaused: boolean, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    if (isPaused) {
      wake = resolve;
    } else if (1000 * seconds > TIMER) {
      // Others can use the processor until the next step is due.
      setTimeout(resolve, Math.min(FRAME, 1000 * seconds));
    } else {
      afterMessages = resolve;
      toItself.port2.postMessage(null);
    }
  });
}

/** Gives the result with a start of the training that has ended. */
let resultWith: ((start: number | null) => LabResult) | null = null;

/** Sends a message to the page. */
let send: (message: FromTrainer) => void = () => undefined;

/**
 * Trains in this worker what the page asks for; a new training replaces the one before.
 *
 * @param post sends a message to the page.
 * @returns the function that takes the page's messages.
 */
export function liveTraining(post: (message: FromTrainer) => void): (message: ToTrainer) => void {
  send = post;
  return (message) => {
    if (message.kind === 'lab-train') {
      current = message.id;
      isShown = true;
      pace.isPaused = false;
      pace.singleSteps = 0;
      pace.seconds = message.seconds;
      void train(message);
    } else if (message.kind === 'lab-stop') {
      current = message.id;
      pace.isPaused = false;
    } else if (message.kind === 'lab-shown') {
      isShown = true;
      return;
    } else if (message.kind === 'lab-start') {
      const { id, start } = message;
      if (id === current && resultWith !== null)
        send({ kind: 'lab-result', id, result: resultWith(start) });
    } else if (message.kind === 'lab-pause') pace.isPaused = true;
    else if (message.kind === 'lab-play') pace.isPaused = false;
    else if (message.kind === 'lab-step') {
      pace.isPaused = true;
      pace.singleSteps++;
    } else if (message.kind === 'lab-measure') {
      const { id, step, loss, dims, features, weights, signs } = message;
      const snapshot = snapshotOf(step, loss, embedding(dims, features, weights), signs);
      send({ kind: 'lab-measured', id, snapshot });
    } else pace.seconds = message.seconds;
    wake();
  };
}

async function train({
  id,
  spec,
  start,
}: Extract<ToTrainer, { kind: 'lab-train' }>): Promise<void> {
  resultWith = null;
  try {
    const kernel = fastestKernel([spec.model]);
    const plan = planTraining(spec, { kernel });
    const show = frames(id, plan);
    let told = -Infinity;
    const executor = liveExecutor(kernel, {
      pace,
      breathe,
      onSlice: show,
      isStale: () => id !== current,
    });
    const [trained] = await trainPlans([plan], executor, {
      onProgress: (done) => {
        const now = performance.now();
        if (now - told < PROGRESS && done < 1) return;
        told = now;
        send({ kind: 'lab-progress', id, done });
      },
    });
    resultWith = (shown) => resultOf(plan, trained, shown);
    send({ kind: 'lab-done', id, result: resultWith(start), kernel: kernel.name });
  } catch (error) {
    if (error instanceof Stale) return;
    const message = error instanceof Error ? error.message : String(error);
    send({ kind: 'lab-failed', id, message });
  }
}

const signsOf = ({ spec }: TrainingPlan): 'free' | 'fixed' =>
  isQuadraticModel(spec.model) ? 'free' : 'fixed';

/** Sends pictures of the first start, as often as the page draws them, and the last. */
function frames(id: number, plan: TrainingPlan): (job: number, progress: JobProgress) => void {
  let sent = -Infinity;
  let seen = 0;
  let loss = NaN;
  return (job, { state, stopped, pending }) => {
    if (job > 0) return;
    const steps = state.step - pending.since;
    if (steps > 0) loss = pending.sum / steps;
    const now = performance.now();
    if (state.step === seen && seen > 0) return;
    const isDue = now - sent >= FRAME && isShown;
    if (!isDue && stopped === null && !pace.isPaused) return;
    sent = now;
    isShown = false;
    seen = state.step;
    const parts = plan.problem.parts(Float64Array.from(state.parameters));
    const meanLoss = loss * plan.problem.lossUnit;
    const frame = snapshotOf(state.step, meanLoss, parts.embedding, signsOf(plan));
    send({ kind: 'lab-frame', id, start: job, frame });
  };
}

/** The result with everything about a start; about the best one if none is asked for, or if that one diverged. */
function resultOf(
  plan: TrainingPlan,
  trained: Awaited<ReturnType<typeof trainPlans>>[number],
  asked: number | null,
): LabResult {
  const { runs, best } = trained;
  const starts = runs.map(({ loss }) => ({ loss }));
  if (trained.best === null)
    return {
      starts,
      best: null,
      start: null,
      loss: NaN,
      lossError: null,
      optimum: null,
      gap: null,
      network: null,
      end: null,
      history: [],
      events: [],
    };
  const start = asked !== null && Number.isFinite(runs[asked]?.loss) ? asked : trained.best;
  const { loss, lossError, gap, history: points } = runs[start];
  const signs = signsOf(plan);
  const history = points.map((point) => snapshotOf(point.step, point.loss, point.embedding, signs));
  const last = points.at(-1)!;
  return {
    starts,
    best,
    start,
    loss,
    lossError,
    optimum: trained.optimum,
    gap,
    network: {
      weights: Float64Array.from(last.embedding.data),
      bias: last.bias,
      readOut: last.readOut === null ? null : Float64Array.from(last.readOut.data),
    },
    end: { ...history.at(-1)!, loss },
    history,
    events: eventsOf(plan.spec.steps, points, history),
  };
}
