import type { Lab } from '../state/lab.svelte.ts';
import { readLink, writeLink } from '../state/link.ts';
import { initialState, type LabState } from '../state/state.ts';
import { beginning, matches } from './step.ts';
import { steps } from './steps.ts';

/** Key under which the browser keeps the reader's states while a tab is open. */
const KEPT = 'polysem-guide';

/** Walks through the guided path, and keeps what the reader made: before it, and in each of its steps. */
export class Guide {
  readonly #lab: Lab;
  /** The state in which each step was left. */
  readonly #left = new Map<number, LabState>();

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#restore();
  }

  /** Goes to a step, from 1; its state is the one in which it was left. */
  go(step: number): void {
    if (step < 1 || step > steps.length) return;
    this.#keep();
    this.#lab.set(this.#left.get(step) ?? beginning(steps[step - 1], step));
  }

  /** Goes a number of steps on or back; enters the path at its beginning, or where it was left. */
  walk(by: number): void {
    const { guide } = this.#lab.state;
    if (guide !== null) this.go(guide + by);
    else if (by > 0) this.go(1);
  }

  /** Returns to the state that the reader had before the path. */
  leave(): void {
    this.#keep();
    this.#lab.set({ ...(this.#lab.own ?? initialState), guide: null });
  }

  /** Begins the present step again. */
  restart(): void {
    const { guide } = this.#lab.state;
    if (guide !== null) this.#lab.set(beginning(steps[guide - 1], guide));
  }

  /** A link that names a step and nothing else shows the step from its beginning. */
  begin(): void {
    const { state } = this.#lab;
    if (state.guide !== null && matches(state, { ...initialState, guide: state.guide }))
      this.restart();
  }

  #keep(): void {
    const { state } = this.#lab;
    if (state.guide === null) this.#lab.own = state;
    else this.#left.set(state.guide, state);
    const { own } = this.#lab;
    const links = [...this.#left.values(), ...(own === null ? [] : [own])].map(writeLink);
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(links));
    } catch {
      // Without storage the states last as long as the page.
    }
  }

  /** Takes over what an earlier load of the page kept. */
  #restore(): void {
    try {
      const links: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]');
      if (!Array.isArray(links)) return;
      for (const link of links) {
        const { state } = readLink(String(link));
        if (state.guide === null) this.#lab.own ??= state;
        else this.#left.set(state.guide, state);
      }
    } catch {
      // Another page kept it, so there is nothing to restore.
    }
  }
}

const guides = new WeakMap<Lab, Guide>();

/** The guided path of a page. */
export function guideOf(lab: Lab): Guide {
  const guide = guides.get(lab) ?? new Guide(lab);
  guides.set(lab, guide);
  return guide;
}
