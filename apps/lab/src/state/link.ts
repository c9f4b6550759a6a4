import { consistent, initialState, type LabState } from './state.ts';
import { LINK_VERSION, NotAccepted, table, type Row } from './table.ts';

/** A link that was read. */
export interface ReadLink {
  readonly state: LabState;
  /** A sentence for each part of the link that was not used. */
  readonly ignored: readonly string[];
}

const rows = Object.entries(table) as [keyof LabState, Row<unknown>][];

/**
 * Reads a link. Parts that are unknown or outside their limits are named and ignored; there is always a state.
 *
 * @param hash the part of the address after `#`, with or without it.
 * @returns the state, and what was not used.
 */
export function readLink(hash: string): ReadLink {
  const ignored: string[] = [];
  const found: Record<string, unknown> = {};
  for (const part of hash.replace(/^#/, '').split('&')) {
    if (part === '') continue;
    const [name, ...rest] = part.split('=');
    const text = decoded(rest.join('='));
    if (name === 'v') {
      if (text !== String(LINK_VERSION))
        ignored.push(
          `v ${shown(text)}: this page reads version ${LINK_VERSION}; some parts may differ`,
        );
      continue;
    }
    const row = rows.find(([, { name: own }]) => own === name);
    if (row === undefined) {
      ignored.push(`${shown(name)}: is not a setting of this version`);
      continue;
    }
    try {
      found[row[0]] = row[1].read(text);
    } catch (error) {
      if (!(error instanceof NotAccepted)) throw error;
      ignored.push(`${name} ${shown(text)} (allowed: ${error.message})`);
    }
  }
  const asked = { ...initialState, ...found } as LabState;
  if (asked.x.parameter === asked.y.parameter) {
    ignored.push(`x and y: both vary ${asked.x.parameter}`);
    return { state: consistent({ ...asked, x: initialState.x, y: initialState.y }), ignored };
  }
  const state = consistent(asked);
  if (state.dims !== asked.dims)
    ignored.push(`d ${asked.dims} (allowed: up to n, which is ${asked.features})`);
  if (state.start !== asked.start)
    ignored.push(`start ${asked.start} (allowed: up to r, which is ${asked.restarts})`);
  if (state.hold !== asked.hold)
    ignored.push(`hold ${asked.hold?.feature} (allowed: one of at least two features, from 0)`);
  for (const key of ['importance', 'density', 'correlation'] as const) {
    if (table[key].write(state[key] as never) !== table[key].write(asked[key] as never))
      ignored.push(`${table[key].name}: needs one number, or ${asked.features}, one per feature`);
  }
  return { state, ignored };
}

/**
 * Writes a link that restores a state. Settings with their initial value are left out.
 *
 * @param state the state.
 * @returns the part of the address after `#`.
 */
export function writeLink(state: LabState): string {
  const parts = rows.flatMap(([key, row]) => {
    const text = row.write(state[key]);
    return text === row.write(initialState[key]) ? [] : [`${row.name}=${text}`];
  });
  return [`v=${LINK_VERSION}`, ...parts].join('&');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A text of a link, short enough to show. */
const shown = (text: string): string => (text.length > 24 ? `${text.slice(0, 24)}…` : text);
