import { sha256 } from '@polysem/core/features';
import { fileSource, FormatError, openUrl, type ByteSource } from '@polysem/io/bytes';
import type { MeasuredResult } from '@polysem/reports/results';
import { decoderDoubt, openFeatures, type FeatureMatrix } from '@polysem/io/layouts';
import { isConfigName, isLabelName } from './label-name.ts';
import { matricesOf } from './matrices.ts';
import { measureModel } from './measure-model.ts';
import type { FromModel, ModelMatrix, ModelPlace, ToModel } from './messages.ts';
import { isOwn, labelsBeside, openPlace, readLabelFile, type OpenedPlace } from './open-place.ts';

/** Bytes hashed at a time. */
const PIECE = 4 * 2 ** 20;
/** Milliseconds between two reports of progress. */
const BETWEEN = 80;

/** Opens, measures and hashes weights. Returns the function that handles messages; the page ends work by ending the worker. */
export function modelWork(send: (message: FromModel) => void): (message: ToModel) => void {
  let opened: Promise<OpenedPlace> | null = null;
  /** Figures that were measured elsewhere; null if weights are open. */
  let measured: MeasuredResult | null = null;

  async function open(place: ModelPlace): Promise<void> {
    const json = await figuresSource(place);
    if (json !== null) {
      const { listOf, readMeasured } = await import('./measured-file.ts');
      measured = await readMeasured(json);
      send({ kind: 'model-list', list: listOf(measured, json.name, json.size) });
      return;
    }
    opened = openPlace(place);
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

  async function measure(
    place: ModelPlace,
    { label, recipe, isToken, isKnown }: ModelMatrix,
    threads: number,
  ): Promise<void> {
    const known = measured?.matrices.find((matrix) => matrix.label === label);
    if (known !== undefined) {
      const { detailsOf, figuresOfFile } = await import('./measured-file.ts');
      const details = detailsOf(known);
      const { labels: names } = details;
      send({ kind: 'model-figures', figures: figuresOfFile(known), labels: names, doubts: [] });
      send({ kind: 'model-done', neighbours: details.neighbours });
      return;
    }
    opened ??= openPlace(place);
    const current = await opened;
    const { file, name } = current;
    const source = await openFeatures(recipe, file, name);
    const labels = await labelsBeside(place, current, { isToken, axis: recipe.axis });
    if (labels !== null && labels.names.length > source.features)
      throw new FormatError(
        labels.file ?? name,
        `has ${labels.names.length} names, but there are ${source.features} features; choose the vocabulary of this model`,
      );
    const doubt = isKnown
      ? await decoderDoubt(recipe as FeatureMatrix, file, name).catch(() => null)
      : null;
    let told = 0;
    const neighbours = await measureModel(source, {
      threads,
      onProgress: (progress) => {
        const now = performance.now();
        if (now - told < BETWEEN && progress.done < progress.total) return;
        told = now;
        send({ kind: 'model-progress', progress });
      },
      onFigures: (figures) =>
        send({ kind: 'model-figures', figures, labels, doubts: doubt === null ? [] : [doubt] }),
    });
    send({ kind: 'model-done', neighbours });
  }

  return (message) => {
    const work =
      message.kind === 'model-open'
        ? open(message.place)
        : message.kind === 'model-measure'
          ? measure(message.place, message.matrix, message.threads)
          : message.kind === 'model-labels'
            ? readLabelFile(fileSource(message.file)).then((labels) =>
                send({ kind: 'model-labelled', labels }),
              )
            : hashOf(message.place).then((hash) => send({ kind: 'model-hashed', hash }));
    work.catch((error: unknown) => send({ kind: 'model-failed', message: lineOf(error) }));
  };
}

/** One line that says what went wrong. */
function lineOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n')[0];
  const advice = line.endsWith('every value must be finite')
    ? '; polysem measure --skip-bad leaves such features out'
    : '';
  return `${line}${advice}`;
}

/** The SHA-256 of a file; null for several files, and for a file elsewhere, of which only parts are read. */
async function hashOf(place: ModelPlace): Promise<string | null> {
  if ((await figuresSource(place)) !== null) return null;
  const source = await wholeSource(place);
  if (source === null) return null;
  const hash = sha256();
  for (let at = 0; at < source.size; at += PIECE) {
    // oxlint-disable-next-line no-await-in-loop -- one piece in memory at a time
    hash.add(await source.read(at, Math.min(PIECE, source.size - at)));
  }
  return hash.end();
}

/** A file that may hold the figures of `polysem measure --json`; null for weights. */
async function figuresSource(place: ModelPlace): Promise<ByteSource | null> {
  const [name] = place.kind === 'files' ? place.files.map((file) => file.name) : [place.name];
  const isOne = place.kind === 'address' || place.files.length === 1;
  if (!isOne || !/\.json$/i.test(name) || /\.index\.json$/i.test(name)) return null;
  const source = await wholeSource(place);
  return source && { ...source, name };
}

async function wholeSource(place: ModelPlace): Promise<ByteSource | null> {
  if (place.kind === 'address') return isOwn(place.address) ? openUrl(place.address) : null;
  const weights = place.files.filter(({ name }) => !isLabelName(name) && !isConfigName(name));
  return weights.length === 1 ? fileSource(weights[0]) : null;
}
