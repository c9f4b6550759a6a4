import { activationNames } from '@polysem/engine/activations';
import { tasks } from '@polysem/engine/models';
import { gridParameters } from '@polysem/engine/phase';
import { distributionNames, type Correlation } from '@polysem/core/features';
import { CHOICES, type Choice } from '../model/choices.ts';
import {
  consistent,
  initialState,
  LIMITS,
  networkKeys,
  networkOf,
  type AxisState,
  type HoldState,
  type LabState,
  type NetworkState,
  type Page,
  type Panel,
  type View,
} from './state.ts';

/** The version of the table that links are written in. */
export const LINK_VERSION = 1;

/** A value of a link that is not accepted, with what is. */
export class NotAccepted extends Error {}

/** One parameter of a link: how its text is read and written. */
export interface Row<T> {
  /** Name in the link. */
  readonly name: string;
  /** Accepted values, for messages. */
  readonly allowed: string;
  /** The value of a text. @throws NotAccepted */
  readonly read: (text: string) => T;
  readonly write: (value: T) => string;
}

/** A number from `least` to `most`, written in its shortest exact form. */
function number(name: string, least: number, most: number, isWhole = false): Row<number> {
  const allowed = `${isWhole ? 'a whole number from ' : ''}${least} to ${most}`;
  return {
    name,
    allowed,
    read: (text) => {
      const value = text.trim() === '' ? NaN : Number(text);
      const isInside = value >= least && value <= most;
      if (!isInside || (isWhole && !Number.isInteger(value))) throw new NotAccepted(allowed);
      return value;
    },
    write: String,
  };
}

const integer = (name: string, least: number, most: number): Row<number> =>
  number(name, least, most, true);

/** One of some names. */
function choice<T extends string>(name: string, names: readonly T[]): Row<T> {
  const allowed = names.join(', ');
  return {
    name,
    allowed,
    read: (text) => {
      const found = names.find((one) => one === text);
      if (found === undefined) throw new NotAccepted(allowed);
      return found;
    },
    write: (value) => value,
  };
}

/** One number, or a list of numbers separated by commas. */
function numbers(name: string, least: number, most: number): Row<number | readonly number[]> {
  const each = number(name, least, most);
  return {
    name,
    allowed: `${least} to ${most}, one number or one per feature`,
    read: (text) => {
      const list = text.split(',');
      if (list.length > LIMITS.features) throw new NotAccepted(each.allowed);
      const values = list.map(each.read);
      return values.length === 1 ? values[0] : values;
    },
    write: (value) => (typeof value === 'number' ? String(value) : value.join(',')),
  };
}

/**
 * `together:2`, `one-of:[[0,1],[2,4]]`, `copula:0.5` or one loading per feature, as `polysem train` takes it; empty for independent
 * features.
 */
const correlation: Row<Correlation | null> = {
  name: 'corr',
  allowed: 'together:2, one-of:3, together:[[0,1],[2,4]], copula:0.5 or copula:[0.5,-0.2,..]',
  read(text) {
    if (text === '') return null;
    const [kind, ...rest] = text.split(':');
    const value = parsed(rest.join(':'));
    if (kind === 'copula' && isLoadings(value)) return { kind, loadings: value };
    if ((kind === 'together' || kind === 'one-of') && isGroups(value))
      return { kind, groups: value };
    throw new NotAccepted(this.allowed);
  },
  write(value) {
    if (value === null) return '';
    if (value.kind !== 'copula') return `${value.kind}:${JSON.stringify(value.groups)}`;
    // `state-of.ts` leaves out correlation matrices.
    return 'loadings' in value ? `copula:${JSON.stringify(value.loadings)}` : '';
  },
};

const isLoading = (value: unknown): boolean => typeof value === 'number' && Math.abs(value) <= 1;

const isLoadings = (value: unknown): value is number | number[] =>
  isLoading(value) ||
  (Array.isArray(value) &&
    value.length > 0 &&
    value.length <= LIMITS.features &&
    value.every((each) => isLoading(each)));

const isGroups = (value: unknown): value is number | number[][] =>
  (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LIMITS.features) ||
  (Array.isArray(value) &&
    value.every(
      (list) =>
        Array.isArray(list) &&
        list.every((i) => Number.isInteger(i) && i >= 0 && i < LIMITS.features),
    ));

/** The value of a JSON text; null if it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Limits of the values of an axis, by parameter. */
const REACH: Readonly<Record<AxisState['parameter'], readonly [number, number]>> = {
  importance: LIMITS.importance,
  density: LIMITS.density,
  kurtosis: LIMITS.kurtosis,
  dims: [1, LIMITS.dims],
  features: [1, LIMITS.features],
};

/** `parameter=from:to:count`. */
function axis(name: string): Row<AxisState> {
  const allowed = `such as density=1:0.01:32, up to ${LIMITS.count} values`;
  return {
    name,
    allowed,
    read: (text) => {
      const [word, range = ''] = text.split('=', 2);
      const parameter = gridParameters.find((one) => one === word);
      const parts = range.split(':');
      if (parameter === undefined || parts.length !== 3) throw new NotAccepted(allowed);
      const [from, to] = parts.slice(0, 2).map(number(name, ...REACH[parameter]).read);
      const count = integer(name, 1, LIMITS.count).read(parts[2]);
      if (from === to) throw new NotAccepted(allowed);
      return { parameter, from, to, count };
    },
    write: ({ parameter, from, to, count }) => `${parameter}=${from}:${to}:${count}`,
  };
}

const flag = (name: string): Row<boolean> => ({
  name,
  allowed: '0 or 1',
  read: (text) => choice(name, ['0', '1']).read(text) === '1',
  write: (value) => (value ? '1' : '0'),
});

/** A whole number, or nothing: then the link leaves it out. */
const optional = (name: string, least: number, most: number): Row<number | null> => ({
  ...integer(name, least, most),
  write: String,
});

/** A text of limited length; empty for null. */
function free(name: string, allowed: string, pattern: RegExp): Row<string | null> {
  return {
    name,
    allowed,
    read: (value) => {
      if (!pattern.test(value)) throw new NotAccepted(allowed);
      return value;
    },
    write: (value) => (value === null ? '' : encodeURIComponent(value)),
  };
}

/** Choices of the measurement of a matrix, separated by commas. */
const how: Row<readonly Choice[]> = {
  name: 'how',
  allowed: CHOICES.join(', '),
  read: (text) => text.split(',').map((one) => choice('how', CHOICES).read(one)),
  write: (value) => value.join(),
};

/** `feature:C`. */
const hold: Row<HoldState | null> = {
  name: 'hold',
  allowed: 'such as 0:0.9, a feature and a capacity from 0 to 1',
  read: (text) => {
    const parts = text.split(':');
    if (parts.length !== 2) throw new NotAccepted(hold.allowed);
    try {
      const feature = integer('hold', 0, LIMITS.features - 1).read(parts[0]);
      return { feature, capacity: number('hold', 0, 1).read(parts[1]) };
    } catch {
      throw new NotAccepted(hold.allowed);
    }
  },
  write: (value) => (value === null ? '' : `${value.feature}:${value.capacity}`),
};

/** A network in the rows of this table, such as `v=1;n=5;d=2`. All of it must be accepted: half a network is another one. */
const pin: Row<NetworkState | null> = {
  name: 'pin',
  allowed: 'a pinned network, such as v=1;n=5;d=2',
  read(text) {
    const [version, ...parts] = text.split(';');
    if (version !== `v=${LINK_VERSION}`) throw new NotAccepted(pin.allowed);
    const found = Object.fromEntries(
      parts.map((part) => {
        const [name, ...rest] = part.split('=');
        const key = networkKeys.find((one) => table[one].name === name);
        if (key === undefined) throw new NotAccepted(pin.allowed);
        try {
          return [key, table[key].read(rest.join('='))];
        } catch (error) {
          if (!(error instanceof NotAccepted)) throw error;
          throw new NotAccepted(`in it, ${name} is ${error.message}`);
        }
      }),
    ) as Partial<NetworkState>;
    const asked = networkOf({ ...initialState, ...found });
    const state = networkOf(consistent({ ...initialState, ...asked }));
    if (JSON.stringify(state) !== JSON.stringify(asked))
      throw new NotAccepted('its sizes, lists, start and held feature fit together');
    return state;
  },
  write(value) {
    if (value === null) return '';
    const parts = networkKeys.flatMap((key) => {
      const row = table[key] as Row<unknown>;
      const text = row.write(value[key]);
      return text === row.write(initialState[key]) ? [] : [`${row.name}=${text}`];
    });
    return [`v=${LINK_VERSION}`, ...parts].join(';');
  },
};

/**
 * The parameters of a link, one row per member of the state, in the order in which they are written. A change of
 * meaning needs a new version; new rows do not.
 */
export const table: { readonly [K in keyof LabState]: Row<LabState[K]> } = {
  features: integer('n', 1, LIMITS.features),
  dims: integer('d', 1, LIMITS.dims),
  task: choice('m', tasks),
  activation: choice('a', activationNames),
  importance: numbers('V', ...LIMITS.importance),
  density: numbers('p', ...LIMITS.density),
  shape: choice('shape', ['usual', ...distributionNames]),
  correlation,
  x: axis('x'),
  y: axis('y'),
  seed: integer('seed', 0, Number.MAX_SAFE_INTEGER),
  restarts: integer('r', 1, LIMITS.restarts),
  steps: integer('steps', 1, LIMITS.steps),
  batch: integer('b', 1, LIMITS.batch),
  learningRate: number('lr', ...LIMITS.learningRate),
  start: optional('start', 1, LIMITS.restarts),
  step: optional('t', 0, LIMITS.steps),
  hold,
  pin,
  view: choice<View>('view', ['both', 'difference', 'phases']),
  published: flag('published'),
  guide: optional('guide', 1, LIMITS.guide),
  embed: flag('embed'),
  panel: choice<Panel>('panel', ['lab', 'diagram', 'budget', 'network', 'shares']),
  page: choice<Page>('page', ['lab', 'model']),
  weights: free(
    'w',
    'example:bytes, example:sae, hf://owner/model or another address',
    /^(?:example:\w{1,40}|weights\/[^/\\]{1,255}|(?:hf|https?):\/\/.{1,1000})$/s,
  ),
  matrix: free('matrix', 'the name of a matrix, up to 300 letters', /^.{1,300}$/s),
  how,
  file: free('file', 'weights/NAME, a file that polysem lab serves', /^weights\/[^/\\]{1,255}$/s),
};
