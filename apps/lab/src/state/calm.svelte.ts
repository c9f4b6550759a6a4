import type { Snapshot } from '../workers/snapshot.ts';

/** Milliseconds between two pictures: numbers that change faster cannot be read. */
const PICTURE = 100;

/** The last picture of a training, at most ten times a second. */
export class Calm {
  picture: Snapshot | null = $state.raw(null);

  #latest: Snapshot | null = null;
  #last = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Passes a picture on in a task of its own, so that the page stays responsive while it draws the arrows. */
  show(picture: Snapshot | null): void {
    this.#latest = picture;
    if (picture === null) this.picture = null;
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#pass(), this.#last + PICTURE - performance.now());
  }

  #pass(): void {
    this.#timer = undefined;
    this.#last = performance.now();
    this.picture = this.#latest;
  }
}
