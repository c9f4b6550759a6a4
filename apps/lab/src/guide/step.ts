import { axisValues } from '@polysem/engine/phase';
import { initialState, type LabState } from '../state/state.ts';

/** Panels that a step can point at. */
export type LookAt = 'diagram' | 'budget' | 'network' | 'shares' | 'prices' | 'worth' | 'player';

/** Formulas that a step can show. */
export type FormulaName = 'capacity' | 'overlap' | 'budget' | 'loss' | 'price' | 'chance';

/**
 * One step of the guided path.
 *
 * In all its texts, `[words](name)` is a button that sets the state called `name` in `words`, `{term}` or
 * `{words|term}` is explained by the glossary, and what stands between backticks is a command.
 */
export interface Step {
  readonly title: string;
  /** Settings at the beginning of the step; all others have their initial value. */
  readonly sets: Partial<LabState>;
  readonly text: string;
  /** The states that words of the text set. */
  readonly words: Readonly<Record<string, Partial<LabState>>>;
  readonly lookAt: string;
  readonly shows: string;
  readonly doesNotShow: string;
  readonly looks: readonly LookAt[];
  readonly formulas?: readonly FormulaName[];
}

/** A piece of a text. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string; readonly name: string }
  | { readonly kind: 'term'; readonly text: string; readonly term: string };

/** Splits a text into plain pieces, commands, words that set a state, and terms of the glossary. */
export function pieces(text: string): Piece[] {
  const marks = /\[([^\]]+)\]\(([^)]+)\)|\{(?:([^}|]+)\|)?([^}]+)\}|`([^`]+)`/g;
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(marks)) {
    if (match.index > at) found.push({ kind: 'text', text: text.slice(at, match.index) });
    found.push(marked(match));
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ kind: 'text', text: text.slice(at) });
  return found;
}

function marked([, word, name, shown, term, code]: RegExpExecArray | RegExpMatchArray): Piece {
  if (word !== undefined) return { kind: 'word', text: word, name };
  if (code !== undefined) return { kind: 'code', text: code };
  return { kind: 'term', text: shown ?? term, term };
}

/** The settings of a cell of the initial phase diagram, counted from 0. */
export function cell(column: number, row: number): Pick<LabState, 'importance' | 'density'> {
  return {
    importance: axisValues(initialState.x)[column],
    density: axisValues(initialState.y)[row],
  };
}

/** The state at the beginning of a step. */
export function beginning({ sets }: Step, guide: number): LabState {
  return { ...initialState, ...sets, guide };
}

/** True if a state has all the settings of a word. */
export function matches(state: LabState, sets: Partial<LabState>): boolean {
  return Object.entries(sets).every(
    ([key, value]) => JSON.stringify(state[key as keyof LabState]) === JSON.stringify(value),
  );
}
