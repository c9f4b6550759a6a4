import { gridCell } from '@polysem/engine/phase';
import { startWorker } from '../worker.mjs';
import { workerEnvironment } from '../training/environment.mjs';

/** Schedules of the peer: its best one, and that of the notebook. */
export const SCHEDULES = [
  { name: 'Adam, 1e-2 by cosine to 0', kind: 'cosine', rate: 1e-2, decay: 0 },
  { name: 'AdamW, constant 1e-3', kind: 'constant', rate: 1e-3, decay: 0.01 },
];
const FIRST_STEPS = 1000;
/** The last length must exceed the one before by this factor; otherwise it is skipped. */
const WORTH = 1.25;
const SEED = 0;

/** The cells of a grid with their restarts as instances of one batched model, ordered by density. */
function instancesOf(spec, restarts) {
  const [rows, columns] = [spec.y.values.length, spec.x.values.length];
  const { model } = gridCell(spec, 0, 0);
  const { features, dims } = model;
  const densities = [];
  const importance = [];
  for (let i = 0; i < rows * columns * restarts; i++) {
    const place = Math.floor(i / restarts);
    const cell = gridCell(spec, Math.floor(place / columns), place % columns);
    densities.push(cell.inputs.density);
    importance.push(cell.model.importance);
  }
  return {
    features,
    dims,
    instances: densities.length,
    densities,
    importance,
    restarts,
    sharing: columns * restarts,
    batch: 1024,
    learningRate: SCHEDULES[0].rate,
    // Xavier initialisation of each instance.
    deviation: Math.sqrt(2 / (features + dims)),
    heldOut: 65_536,
  };
}

/** Opens a grid in PyTorch in its own process, with the fastest variant or the one named by `only`. */
export async function openPeer(command, spec, { restarts, threads, only }) {
  const words = [...command.words, String(threads)];
  const worker = startWorker('torch', command.program, words, workerEnvironment());
  const close = () => {
    worker.stop();
    return worker.ended;
  };
  try {
    const about = await worker.ask({ request: 'about' });
    const work = instancesOf(spec, restarts);
    const { chosen, variants, opening } = await worker.ask({ request: 'open', work, only });
    const train = (steps, schedule, goOn = false) =>
      worker.ask({ request: 'train', steps, schedule, seed: SEED, goOn });
    return { about, chosen, variants, opening, train, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Trains for 1000, 2000, 4000, ... steps, and last for as many as the budget in seconds allows. A schedule that depends on
 * the number of steps starts each length from scratch; others continue one run. `seconds` of a length are those of this
 * length alone.
 */
export async function trainLengths(peer, schedule, { budget, secondsAStep, onLength }) {
  const lengths = [];
  const goesOn = schedule.kind === 'constant';
  let perStep = secondsAStep;
  let [trained, before] = [0, 0];
  for (let wanted = FIRST_STEPS; ; wanted *= 2) {
    const affordable = Math.floor(
      goesOn ? before + (budget - trained) / perStep : budget / perStep,
    );
    const isLast = wanted > affordable;
    const steps = isLast ? affordable : wanted;
    const previous = lengths.at(-1)?.steps ?? 0;
    if (steps < 1 || (isLast && steps < WORTH * previous)) return lengths;
    const goOn = goesOn && before > 0;
    // oxlint-disable-next-line no-await-in-loop -- one at a time, because they are timed
    const { seconds, choosing, busy, parameters } = await peer.train(steps, schedule, goOn);
    trained = goOn ? trained + seconds : seconds;
    perStep = trained / steps;
    before = steps;
    const cores = busy / (seconds + choosing);
    lengths.push({ steps, seconds: trained + choosing, cores, parameters });
    onLength(lengths.at(-1));
    if (isLast) return lengths;
  }
}
