const SEEDS = [1, 2, 3];
/** Time limit for training a side to compare losses, in seconds. */
const LONGEST = 60;
/** Losses differ if they exceed both limits: standard errors, and relative difference. */
const ERRORS = 4;
const SHARE = 0.03;
/** Reference for the losses of the other sides, if it was trained: the notebook's way. */
const REFERENCE = 'torch-eager';

/** Trains sides from a few seeds and gives their losses. `times` has the seconds per step of each side. */
export async function trainSides(work, opened, times, progress) {
  const sides = [];
  for (const [name, side] of opened) {
    const { median, problem } = times.find((time) => time.name === name);
    if (problem !== undefined) continue;
    const seconds = median * work.trainSteps * SEEDS.length;
    if (seconds > LONGEST) {
      sides.push({ name, problem: `would take ${seconds.toFixed(0)} s` });
      continue;
    }
    progress(`training: ${work.name}, quality of ${name}`);
    // oxlint-disable-next-line no-await-in-loop -- one at a time
    sides.push({ name, ...(await trained(work, side)) });
  }
  return sides;
}

/** Mean losses over instances of all sides on one workload, compared with the reference. */
export function compareQuality(work, sides) {
  const done = sides.filter(({ mean }) => mean !== undefined);
  const reference = done.find(({ name }) => name === REFERENCE) ?? done[0];
  return {
    work: work.name,
    steps: work.trainSteps,
    seeds: SEEDS,
    reference: reference?.name,
    sides: sides.map((side) => compared(side, reference)),
  };
}

async function trained({ trainSteps }, side) {
  const losses = [];
  let byInstance;
  try {
    for (const seed of SEEDS) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time
      const each = await side.train(trainSteps, seed);
      losses.push(meanOf(each));
      byInstance = each.map((loss, k) => (byInstance?.[k] ?? 0) + loss / SEEDS.length);
    }
  } catch ({ message }) {
    return { problem: message };
  }
  const mean = meanOf(losses);
  const squares = losses.map((loss) => (loss - mean) ** 2);
  const spread = Math.sqrt((meanOf(squares) * losses.length) / (losses.length - 1));
  return { losses, mean, spread, byInstance };
}

function compared(side, reference) {
  if (side.mean === undefined || side === reference) return side;
  const error = Math.hypot(side.spread, reference.spread) / Math.sqrt(SEEDS.length);
  const difference = side.mean / reference.mean - 1;
  const errors = Math.abs(side.mean - reference.mean) / error;
  // Negated comparison, so that NaN disagrees.
  const agrees = Math.abs(difference) <= SHARE || errors <= ERRORS;
  return { ...side, difference, errors, agrees };
}

/** Sides whose losses differ from the reference. */
export function failuresOf(quality) {
  return quality.flatMap(({ work, reference, sides }) =>
    sides
      .filter(({ agrees }) => agrees === false)
      .map(
        ({ name, difference, errors }) =>
          `training, ${work}: the loss of ${name} is off that of ${reference} by ` +
          `${(100 * difference).toFixed(1)} %, ${errors.toFixed(1)} standard errors`,
      ),
  );
}

function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
