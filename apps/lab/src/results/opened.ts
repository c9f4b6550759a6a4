import type { LabState } from '../state/state.ts';
import type { DiagramCells } from '../workers/diagram.ts';
import type { LabResult } from '../workers/messages.ts';

/** A file of results that the page shows wherever its settings are those of the file; plain data. */
export interface OpenedResults {
  /** Name of the file. */
  readonly name: string;
  readonly place: ResultsPlace;
  /** The version of polysem that wrote it. */
  readonly version: string;
  /** The settings of the file. */
  readonly state: LabState;
  /** Settings of the file that the lab does not have, in words. */
  readonly unlike: readonly string[];
  /** The trained cells of the file, and its prediction; null if it has no diagram. */
  readonly diagram: {
    readonly trained: DiagramCells | null;
    readonly predicted: DiagramCells | null;
  } | null;
  /** The trained network of the file and the kernel that trained it; null if it has none. */
  readonly network: { readonly result: LabResult; readonly kernel: string } | null;
}

/** Where a file of results is: dropped or chosen, or served beside the page. */
export type ResultsPlace =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'address'; readonly address: string; readonly name: string };

/** Outcome of reading a file: results, weights or a measurement for the other page, or one line about a problem. */
export type ReadResults =
  | { readonly kind: 'results'; readonly opened: OpenedResults }
  /** Weights, or figures of weights; `note` says why a trained network is opened as weights only. */
  | { readonly kind: 'model'; readonly note: string }
  | { readonly kind: 'problem'; readonly message: string };

/** A message to the worker that reads files. */
export interface ToReader {
  readonly kind: 'results-read';
  readonly place: ResultsPlace;
}

/** Parts of the page that opening a file uses. */
export interface ResultsPage {
  readonly state: LabState;
  /** Files that wait for the page of a model. */
  dropped: readonly File[];
  /** `problem` says why a file is not shown; empty if it is. */
  readonly file: { problem: string };
  readonly show: (opened: OpenedResults | null, state: LabState) => void;
  readonly set: (change: Partial<LabState>) => void;
}
