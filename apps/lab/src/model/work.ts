import { fileSource, FormatError } from '@polysem/io/bytes';
import type { MeasuredResult } from '@polysem/reports/results';
import { remediesOf, type Choice } from './choices.ts';
import { figuresSource, hashOf } from './hash-file.ts';
import { matricesOf } from './matrices.ts';
import { compareAll, measureModel, TooWide, type MeasureHooks } from './measure-model.ts';
import type { FromModel, ModelPlace, ToModel } from './messages.ts';
import { labelsLeft, numbersLeft } from './left-features.ts';
import { openMatrix, type OpenedMatrix } from './open-matrix.ts';
import { openPlace, readLabelFile, type OpenedPlace } from './open-place.ts';

/** Milliseconds between two reports of progress. */
const BETWEEN = 80;

type Measuring = Extract<ToModel, { readonly kind: 'model-measure' }>;

/** Opens, measures and hashes weights. Returns the function that handles messages; the page ends work by ending the worker. */
export function modelWork(send: (message: FromModel) => void): (message: ToModel) => void {
  let opened: Promise<OpenedPlace> | null = null;
  /** Figures that were measured elsewhere; null if weights are open. */
  let measured: MeasuredResult | null = null;

  async function open(place: ModelPlace, choices: readonly Choice[]): Promise<void> {
    const json = await figuresSource(place);
    if (json !== null) {
      const { listOf, readMeasured } = await import('./measured-file.ts');
      measured = await readMeasured(json);
      send({ kind: 'model-list', list: listOf(measured, json.name, json.size) });
      return;
    }
    opened = openPlace(place, choices);
    const { file, name, bytes, hints } = await opened;
    const { matrices, notes } = matricesOf(file, hints);
    if (matrices.length === 0)
      throw new FormatError(
        name,
        `holds no readable matrix, only ${file.entries
          .slice(0, 5)
          .map((entry) => entry.name)
          .join(', ')}; choose a file of weights`,
      );
    const all = [...(file.notes ?? []), ...(hints.notes ?? []), ...notes];
    send({ kind: 'model-list', list: { name, bytes, format: file.format, matrices, notes: all } });
  }

  /** Shows the figures of a file of `polysem measure --json`. */
  async function show({ matrix }: Measuring, result: MeasuredResult): Promise<void> {
    const known = result.matrices.find(({ label }) => label === matrix.label);
    if (known === undefined) return;
    const { detailsOf, figuresOfFile } = await import('./measured-file.ts');
    const { labels, numbers, neighbours } = detailsOf(known);
    const found = { labels, numbers, skipped: [], doubts: [] };
    send({ kind: 'model-figures', figures: figuresOfFile(known), ...found });
    send({ kind: 'model-done', neighbours });
  }

  async function matrixOf({ place, matrix, choices }: Measuring): Promise<OpenedMatrix> {
    opened ??= openPlace(place, choices);
    return openMatrix(place, await opened, matrix, choices);
  }

  async function measure(asked: Measuring): Promise<void> {
    if (measured !== null) return show(asked, measured);
    const { source, skipped, labels, doubts } = await matrixOf(asked);
    const numbers = numbersLeft(source.features, skipped);
    const found = { labels: labels && labelsLeft(labels, numbers), numbers, skipped, doubts };
    const neighbours = await measureModel(source, {
      ...hooksFor(asked, send),
      onFigures: (figures) => send({ kind: 'model-figures', figures, ...found }),
    });
    send({ kind: 'model-done', neighbours });
  }

  async function compare(asked: Measuring): Promise<void> {
    const { source } = await matrixOf(asked);
    send({ kind: 'model-done', neighbours: await compareAll(source, hooksFor(asked, send)) });
  }

  const answer = (message: ToModel): Promise<void> => {
    switch (message.kind) {
      case 'model-open':
        return open(message.place, message.choices);
      case 'model-measure':
        return message.onlyNeighbours ? compare(message) : measure(message);
      case 'model-labels':
        return readLabelFile(fileSource(message.file)).then((labels) =>
          send({ kind: 'model-labelled', labels }),
        );
      case 'model-hash':
        return hashOf(message.place).then((hash) => send({ kind: 'model-hashed', hash }));
    }
  };
  return (message) => {
    answer(message).catch((error: unknown) => send(failureOf(error)));
  };
}

/** Settings of a measurement, and reports of its progress. */
function hooksFor(
  { threads, choices }: Measuring,
  send: (message: FromModel) => void,
): Omit<MeasureHooks, 'onFigures'> {
  let told = 0;
  return {
    threads,
    choices,
    onProgress: (progress) => {
      const now = performance.now();
      if (now - told < BETWEEN && progress.done < progress.total) return;
      told = now;
      send({ kind: 'model-progress', progress });
    },
  };
}

/** One line that says what went wrong, and what the page can do about it. */
function failureOf(error: unknown): FromModel {
  const text = error instanceof Error ? error.message : String(error);
  const [line] = text.split('\n');
  const remedies = remediesOf(line);
  return {
    kind: 'model-failed',
    // The page offers the choices that the message names as flags.
    message: remedies.length === 0 ? line : line.replace(/; say which: .*/, ''),
    remedies,
    isTooWide: error instanceof TooWide,
  };
}
