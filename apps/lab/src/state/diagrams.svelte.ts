import type { OpenedResults } from '../results/opened.ts';
import type { DiagramCells, DiagramRunner, DiagramWork } from '../workers/diagram.ts';
import { gridSpec, hasTheoryDiagram, isCertified, phaseSpec } from './specs.ts';
import type { LabState } from './state.ts';

/** The predicted and the trained phase diagram of the page. */
export class Diagrams {
  predicted: DiagramCells | null = $state.raw(null);
  trained: DiagramCells | null = $state.raw(null);
  status: 'running' | 'done' | 'stopped' | 'failed' = $state('running');
  /** Reason of a failure; empty otherwise. */
  message = $state('');
  /** Estimated milliseconds until they are complete; null if unknown. */
  left: number | null = $state(null);

  /** Loaded at once; null where no diagram is shown. */
  readonly #runner: Promise<DiagramRunner> | null;
  #key = '';

  constructor(threads: number, isShown: boolean) {
    this.#runner = isShown
      ? import('../workers/diagram.ts').then(({ openDiagramRunner }) => openDiagramRunner(threads))
      : null;
  }

  /** Computes the diagrams of a state, unless they are those before; a file of results may have them. */
  follow(state: LabState, opened: OpenedResults | null): void {
    if (this.#runner === null) return;
    const all = this.#work(state);
    const key = JSON.stringify(all);
    if (key === this.#key) return;
    this.#key = key;
    const isOfFile = opened !== null && key === JSON.stringify(this.#work(opened.state));
    this.predicted = (isOfFile && opened.diagram?.predicted) || null;
    this.trained = (isOfFile && opened.diagram?.trained) || null;
    // A file may have only one of the two.
    const work = all.filter(
      (one) =>
        (one.kind === 'phase' && one.spec.trained === null ? this.predicted : this.trained) ===
        null,
    );
    this.status = 'running';
    this.message = '';
    this.left = null;
    this.#runner
      .then((runner) => runner.compute(work))
      .then(
        (isComplete) => {
          if (isComplete && key === this.#key) this.status = 'done';
        },
        (error: unknown) => {
          if (key !== this.#key) return;
          this.status = 'failed';
          this.message = error instanceof Error ? error.message : String(error);
        },
      );
  }

  /** Computes the same diagrams again when they are asked for next. */
  forget(): void {
    this.#key = '';
  }

  stop(): void {
    void this.#runner?.then((runner) => runner.stop());
    this.status = 'stopped';
    this.left = null;
  }

  /** The prediction first, if there is one, and then the trained diagram. */
  #work(state: LabState): DiagramWork[] {
    const work: DiagramWork[] = [];
    if (hasTheoryDiagram(state)) {
      work.push({
        kind: 'phase',
        spec: phaseSpec(state, false),
        onCells: (cells) => {
          if (cells.isFinal) this.predicted = cells;
        },
      });
    }
    let began: number | null = null;
    const onCells = (cells: DiagramCells): void => {
      began ??= performance.now();
      this.trained = cells;
      const taken = performance.now() - began;
      this.left = cells.done > 0.05 ? (taken * (1 - cells.done)) / cells.done : null;
    };
    work.push(
      isCertified(state) && hasTheoryDiagram(state)
        ? { kind: 'phase', spec: phaseSpec(state, true), onCells }
        : { kind: 'grid', spec: gridSpec(state), onCells },
    );
    return work;
  }
}
