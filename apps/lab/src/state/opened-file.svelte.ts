import type { OpenedResults, ResultsPage } from '../results/opened.ts';
import { trainingKey } from './specs.ts';
import { placeOf, type LabState } from './state.ts';

/** The file of results of the page, which is shown wherever the settings are its own. */
export class OpenedFile {
  /** Contents of the file; null if none is open. */
  results: OpenedResults | null = $state.raw(null);
  /** Reason why a file is not shown, or not as its kind would be; empty otherwise. */
  problem = $state('');
  /** True until a file that the link names is read. */
  isReading = false;

  /** Reads a file that the server of the page has, and shows it on the page. */
  read(name: string, page: ResultsPage): void {
    this.isReading = true;
    import('../results/take-results.ts')
      .then(({ takeServed }) => takeServed(page, name))
      .catch((error: unknown) => {
        this.problem = error instanceof Error ? error.message : String(error);
        page.show(null, { ...page.state, file: null });
      });
  }

  /** The trained network of the file, if it is the one that a state trains. */
  networkOf(state: LabState): OpenedResults['network'] {
    const { results } = this;
    if (results === null || results.network === null) return null;
    // The file holds the best start only.
    const isBest = state.start === null || placeOf(state.start) === results.network.result.best;
    return isBest && trainingKey(results.state) === trainingKey(state) ? results.network : null;
  }

  /** Ends showing the network of the file. */
  dropNetwork(): void {
    if (this.results !== null) this.results = { ...this.results, network: null };
  }
}
