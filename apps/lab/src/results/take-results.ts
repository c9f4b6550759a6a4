import { isConfigName, isLabelName } from '../model/label-name.ts';
import { initialState, type LabState } from '../state/state.ts';
import { writeLink } from '../state/link.ts';
import type { ReadResults, ResultsPage, ResultsPlace, ToReader } from './opened.ts';
import { startResultsWorker } from './start-results-worker.ts';

/** Reads a file in a worker of its own. */
function read(place: ResultsPlace): Promise<ReadResults> {
  const worker = startResultsWorker();
  return new Promise<ReadResults>((resolve) => {
    worker.addEventListener('message', ({ data }: MessageEvent<ReadResults>) => resolve(data));
    worker.addEventListener('error', ({ message }) =>
      resolve({
        kind: 'problem',
        message: message || 'the file could not be read; reload the page',
      }),
    );
    // Workers are not windows, and have no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    worker.postMessage({ kind: 'results-read', place } satisfies ToReader);
  }).finally(() => worker.terminate());
}

/** True for a file that may hold results; others are weights, names or configurations. */
function mayHoldResults({ name }: File): boolean {
  if (/\.index\.json$/i.test(name) || isLabelName(name) || isConfigName(name)) return false;
  return /\.(?:json|safetensors)$/i.test(name);
}

/** Opens files that were dropped or chosen together: results on the first page, weights on the second. */
export async function takeFiles(lab: ResultsPage, files: readonly File[]): Promise<void> {
  lab.file.problem = '';
  const [file] = files;
  if (file === undefined) return;
  const found: ReadResults =
    files.length === 1 && mayHoldResults(file)
      ? await read({ kind: 'file', file })
      : { kind: 'model', note: '' };
  if (found.kind === 'results') {
    lab.show(found.opened, found.opened.state);
    return;
  }
  lab.file.problem = found.kind === 'problem' ? found.message : found.note;
  if (found.kind === 'problem') return;
  lab.dropped = files;
  lab.set({ page: 'model', guide: null });
}

/** Opens a file that the server of the page serves, `weights/NAME`. Settings of the link are kept, if it has any. */
export async function takeServed(lab: ResultsPage, file: string): Promise<void> {
  const name = file.slice(file.indexOf('/') + 1);
  const address = new URL(`weights/${encodeURIComponent(name)}`, document.baseURI).href;
  const found = await read({ kind: 'address', address, name });
  const { state } = lab;
  if (found.kind === 'results') {
    const hasOwn = writeLink({ ...state, file: null }) !== writeLink(initialState);
    lab.show(found.opened, hasOwn ? state : { ...found.opened.state, file });
    return;
  }
  lab.file.problem = found.kind === 'problem' ? found.message : found.note;
  const rest: Partial<LabState> = found.kind === 'model' ? { page: 'model', weights: file } : {};
  lab.show(null, { ...state, ...rest, file: null });
}
