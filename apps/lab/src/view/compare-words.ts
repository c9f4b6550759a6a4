import type { HeldEnd } from '../state/hold.svelte.ts';
import { allInputs, isExact, modelOf } from '../state/specs.ts';
import { initialState, type NetworkState } from '../state/state.ts';
import type { LabResult } from '../workers/messages.ts';
import { modelWords } from './models.ts';
import { changed, share, short } from './words.ts';

/** A network that is compared, with its results. */
export interface Compared {
  readonly network: NetworkState;
  /** Capacities and loss of the state that is shown. */
  readonly shown: { readonly capacity: Float64Array; readonly loss: number };
  /** All starts; null where nothing but a held network is trained. */
  readonly result: LabResult | null;
  /** Null if nothing is held. */
  readonly held: HeldEnd | null;
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
const listed = (value: number | readonly number[], text: (value: number) => string): string =>
  typeof value === 'number' ? text(value) : value.map(text).join(' ');

const exact = (value: number): string => short(value, 4);

interface Setting {
  readonly of: readonly (keyof NetworkState)[];
  /** Words for its value: first with its name, then without. */
  readonly words: (network: NetworkState) => readonly [full: string, brief: string];
}
const named = (name: string, value: string): readonly [string, string] => [
  `${name} ${value}`,
  value,
];

/** The settings of a network, in the order in which they are named. */
const settings: readonly Setting[] = [
  {
    of: ['features'],
    words: ({ features }) => [plural(features, 'feature'), String(features)],
  },
  { of: ['dims'], words: ({ dims }) => [plural(dims, 'dimension'), String(dims)] },
  {
    of: ['task', 'activation'],
    words: (network) => [modelWords(network), modelWords(network)],
  },
  {
    of: ['importance'],
    words: ({ importance }) => named('importance', listed(importance, exact)),
  },
  {
    of: ['density'],
    words: ({ density }) =>
      named(
        'density',
        listed(density, (p) => `${exact(100 * p)} %`),
      ),
  },
  { of: ['shape'], words: ({ shape }) => named('distribution', shape) },
  {
    of: ['correlation'],
    words: ({ correlation }) =>
      correlation === null
        ? ['independent features', 'independent']
        : ['correlated features', 'correlated'],
  },
  { of: ['seed'], words: ({ seed }) => named('seed', String(seed)) },
  {
    of: ['restarts'],
    words: ({ restarts }) => [plural(restarts, 'start'), String(restarts)],
  },
  { of: ['steps'], words: ({ steps }) => [plural(steps, 'step'), String(steps)] },
  { of: ['batch'], words: ({ batch }) => named('batch', String(batch)) },
  {
    of: ['learningRate'],
    words: ({ learningRate }) => named('learning rate', exact(learningRate)),
  },
  {
    of: ['start'],
    words: ({ start }) =>
      start === null ? ['its best start', 'the best start'] : [`start ${start}`, `start ${start}`],
  },
  {
    of: ['step'],
    words: ({ step }) =>
      step === null ? ['its end', 'the end'] : [`at step ${step}`, `step ${step}`],
  },
  {
    of: ['hold'],
    words: ({ hold }) => {
      const text =
        hold === null ? 'free' : `feature ${hold.feature} held at ${exact(hold.capacity)}`;
      return [text, text];
    },
  },
];

/** The settings in which the pinned network differs from the current one. */
export function settingWords(pinned: NetworkState, now: NetworkState): string {
  const isSame = (key: keyof NetworkState): boolean =>
    JSON.stringify(pinned[key]) === JSON.stringify(now[key]);
  const found = settings
    .filter(({ of }) => !of.every(isSame))
    .map(({ words }) => `${words(pinned)[0]} (now ${words(now)[1]})`);
  return found.length === 0 ? 'the same settings as now' : found.join(', ');
}

/** Everything that a loss depends on, except the number of dimensions, whose price it shows. */
function problemOf(network: NetworkState): string {
  const state = { ...initialState, ...network };
  return JSON.stringify([{ ...modelOf(state), dims: null }, allInputs(state)]);
}

const isWholeRun = ({ network }: Compared): boolean =>
  network.hold === null && network.step === null;

/** The two losses, and the difference where there is one that means something. */
export function lossWords(pinned: Compared, now: Compared): string {
  const [a, b] = [pinned, now].map(lossOf);
  const both = `Loss ${short(a, 4)}, now ${short(b, 4)}`;
  if (problemOf(pinned.network) !== problemOf(now.network))
    return `${both}: these belong to different problems.`;
  const more = ` (${change(b / a - 1)})`;
  if (isExact({ ...initialState, ...now.network })) return `${both}${more}.`;
  if ((pinned.network.hold === null) !== (now.network.hold === null)) {
    const free = pinned.held?.free ?? now.held?.free ?? null;
    const loss = pinned.held?.loss ?? now.held?.loss ?? null;
    if (free === null || loss === null) return `${both}, on different samples.`;
    return `Holding costs ${change(loss / free - 1)}: loss ${short(loss, 4)}, left alone ${short(free, 4)} on the same inputs.`;
  }
  if (isWholeRun(pinned) && isWholeRun(now)) {
    const error = Math.hypot(pinned.result?.lossError ?? 0, now.result?.lossError ?? 0);
    return Math.abs(b - a) < 2 * error ? `${both}, the same within the error.` : `${both}${more}.`;
  }
  // Between two steps of a training the loss is that of some batches.
  return pinned.held === null || now.held === null ? `${both}.` : `${both}${more}.`;
}

function lossOf(one: Compared): number {
  if (one.held !== null) return one.held.loss;
  return isWholeRun(one) && one.result !== null ? one.result.loss : one.shown.loss;
}

const change = (by: number): string => {
  const digits = short(100 * Math.abs(by), 2);
  return digits === '0' ? 'no change' : `${by < 0 ? '−' : '+'}${digits} %`;
};

/** The capacity that differs most between the pinned network and the current one. */
export function capacityWords(pinned: Compared, now: Compared): string {
  const [a, b] = [pinned.shown.capacity, now.shown.capacity];
  const by = Array.from(a.subarray(0, b.length), (c, i) => b[i] - c);
  const most = by.reduce((at, value, i) => (Math.abs(value) > Math.abs(by[at]) ? i : at), 0);
  if (Math.abs(by[most]) < 0.005) return 'No capacity differs.';
  return `Largest change: feature ${most}, ${share(a[most])}, now ${share(b[most])} (${changed(by[most])}).`;
}
