import { hasTheoryDiagram, isCertified, isExact, trainingSpec } from '../state/specs.ts';
import type { AxisState, LabState } from '../state/state.ts';
import { table } from '../state/table.ts';

const list = (value: number | readonly number[]): string =>
  typeof value === 'number' ? String(value) : value.join(',');

const first = (value: number | readonly number[]): number =>
  typeof value === 'number' ? value : value[0];

const range = ({ from, to, count }: AxisState): string => `${from}:${to}:${count}`;

/** The flags of the model and its inputs. */
function modelFlags({ task, activation, shape, correlation }: LabState): string[] {
  return [
    `--model ${task} --activation ${activation}`,
    ...(shape === 'usual' ? [] : [`--shape ${shape}`]),
    ...(correlation === null ? [] : [`--correlation ${table.correlation.write(correlation)}`]),
  ];
}

/**
 * The command that trains the network of the page, to the same bytes if the kernel is the same.
 *
 * @param state the state of the page.
 * @param kernel the kernel that the page used; empty if it is not known yet.
 * @returns one line for a shell.
 */
export function trainCommand(state: LabState, kernel: string): string {
  const { model, steps, restarts, learningRate } = trainingSpec(state);
  return [
    'npx polysem train',
    `--features ${state.features} --dims ${state.dims}`,
    modelFlags(state).join(' '),
    `--importance ${list(model.importance)} --density ${list(state.density)}`,
    isExact(state) ? '--loss exact --optimizer adam' : `--batch ${state.batch}`,
    `--lr ${learningRate} --steps ${steps} --seeds ${restarts} --seed ${state.seed}`,
    ...(kernel === '' ? [] : [`--kernel ${kernel}`]),
  ].join(' ');
}

/**
 * The command that computes the diagram of the page.
 *
 * @param state the state of the page.
 * @returns one line for a shell.
 */
export function phaseCommand(state: LabState): string {
  const { x, y, features, dims, seed, importance, density } = state;
  if (isCertified(state) && hasTheoryDiagram(state)) {
    const axes = `--density ${range(y)} --importance ${range(x)}`;
    const shape = state.shape === 'usual' ? '' : ` --shape ${state.shape}`;
    return `npx polysem phase --features ${features} --dims ${dims}${shape} ${axes} --trained --seed ${seed} --out phase.svg`;
  }
  const onAxis = new Set([x.parameter, y.parameter]);
  const fixed = [
    ...(onAxis.has('features') ? [] : [`--features ${features}`]),
    ...(onAxis.has('dims') ? [] : [`--dims ${dims}`]),
    ...(onAxis.has('importance') ? [] : [`--importance ${first(importance)}`]),
    ...(onAxis.has('density') || onAxis.has('kurtosis') ? [] : [`--density ${first(density)}`]),
  ];
  return [
    'npx polysem phase',
    modelFlags(state).join(' '),
    ...fixed,
    `--x ${x.parameter}=${range(x)} --y ${y.parameter}=${range(y)}`,
    `--seed ${seed} --out phase.svg`,
  ].join(' ');
}
