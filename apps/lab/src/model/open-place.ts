import type { TensorFile } from '@polysem/io';
import {
  decodeText,
  fileSource,
  filesFolder,
  FormatError,
  folderOfUrl,
  openUrl,
  shownLocation,
  urlFolder,
  type ByteSource,
  type SourceFolder,
} from '@polysem/io/bytes';
import { openFolder, openTensors } from '@polysem/io/formats';
import { parseLabels } from '@polysem/io/labels';
import { readHints, type FeatureHints } from '@polysem/io/layouts';
import type { MatrixOptions } from '@polysem/io/tables';
import type { Choice } from './choices.ts';
import { isConfigName, isLabelName } from './label-name.ts';
import { keptBlocks } from './kept-blocks.ts';
import type { ModelLabels, ModelPlace } from './messages.ts';

/** Opened weights. */
export interface OpenedPlace {
  readonly file: TensorFile;
  readonly name: string;
  readonly bytes: number | null;
  readonly hints: FeatureHints;
  readonly folder: SourceFolder;
}

/** Names of vocabularies that are looked for beside weights. */
const VOCABULARIES = ['vocab.txt', 'tokenizer.json', 'vocab.json'] as const;
/** Largest file of names read. */
const LARGEST = 256 * 2 ** 20;
/** True for the address of a repository or a folder. */
const isFolderAddress = (address: string): boolean =>
  /\/$|^hf:\/\/(?:datasets\/|models\/|spaces\/)?[^/]+\/[^/]+$/i.test(address);

/** Opens weights; only headers are read. @throws FormatError if they cannot be read. */
export async function openPlace(
  place: ModelPlace,
  choices: readonly Choice[],
): Promise<OpenedPlace> {
  const matrix = tableOf(choices);
  if (place.kind === 'files') return openFiles(place.files, matrix);
  const { address, name } = place;
  const isFolder = isFolderAddress(address);
  const around = (isFolder ? urlFolder : folderOfUrl)(address);
  const folder = isOwn(address) ? await ownFolder(around, address) : around;
  const keeping: SourceFolder = {
    ...folder,
    open: async (file) => {
      const source = await folder.open(file);
      return source && keptBlocks(source);
    },
  };
  const source = isFolder ? null : keptBlocks(named(await openUrl(address), name));
  const file =
    source === null
      ? await openFolder(keeping)
      : await openTensors(source, { folder: keeping, matrix });
  const hints = await readHints({ file, path: shownLocation(address), folder });
  return { file, name, bytes: source?.size ?? null, hints, folder };
}

/** True for an address of this site, or within the page where all of it is one file. */
export const isOwn = (address: string): boolean =>
  address.startsWith(location.origin) || address.startsWith('data:');

/** The folder of a file of this site: only names that `polysem lab` lists are asked for, so that none is missing. */
async function ownFolder(folder: SourceFolder, address: string): Promise<SourceFolder> {
  const isServed = !address.startsWith('data:') && new URL(address).pathname.includes('/weights/');
  const names = isServed
    ? ((await (await fetch(new URL('.', address))).json()) as readonly string[])
    : [];
  const { open, name } = folder;
  return { name, open: async (file) => (names.includes(file) ? open(file) : undefined) };
}

/** A source under the name that the visitor knows. */
const named = (source: ByteSource, name: string): ByteSource => ({ ...source, name });

/** The layout of a table that the visitor chose. */
function tableOf(choices: readonly Choice[]): MatrixOptions {
  const first = (question: string): boolean | undefined =>
    choices.some((one) => one === `${question}=0`) ||
    (choices.some((one) => one === `${question}=none`) ? false : undefined);
  const [header, indexColumn] = [first('header'), first('index-column')];
  return {
    ...(header !== undefined && { header }),
    ...(indexColumn !== undefined && { indexColumn }),
  };
}

async function openFiles(files: readonly File[], matrix: MatrixOptions): Promise<OpenedPlace> {
  const folder = filesFolder(files);
  const weights = files.filter(({ name }) => !isLabelName(name) && !isConfigName(name));
  const [first] = weights;
  if (first === undefined)
    throw new FormatError(
      files.map(({ name }) => name).join(', '),
      'holds names, but no weights; drop the weights together with it',
    );
  const file =
    weights.length === 1
      ? await openTensors(fileSource(first), { folder, matrix })
      : await openFolder(filesFolder(weights, `${weights.length} files`));
  const index = weights.find(({ name }) => name.endsWith('.index.json'));
  const name = (index ?? first).name;
  const bytes = weights.reduce((sum, { size }) => sum + size, 0);
  const hints = await readHints({ file, path: name, folder });
  return { file, name, bytes, hints, folder };
}

/** Reads names of features from a file of names. @throws FormatError if it is none. */
export async function readLabelFile(source: ByteSource): Promise<ModelLabels> {
  if (source.size > LARGEST) throw new FormatError(source.name, 'is too large for names');
  const text = decodeText(await source.read(0, source.size));
  return { names: parseLabels(text, source.name), file: source.name };
}

/** The names of features that lie beside the weights; null if there are none. */
export async function labelsBeside(
  place: ModelPlace,
  { folder, file }: OpenedPlace,
  { isToken, axis }: { readonly isToken: boolean; readonly axis: 'rows' | 'columns' },
): Promise<ModelLabels | null> {
  if (place.kind === 'files') {
    const own = place.files.find(({ name }) => isLabelName(name));
    if (own !== undefined) return readLabelFile(fileSource(own));
  } else if (place.labels !== null) return readLabelFile(await openUrl(place.labels));
  if (axis === 'rows' && file.rowNames !== undefined) return { names: file.rowNames, file: null };
  if (!isToken || place.kind === 'files') return null;
  for (const name of VOCABULARIES) {
    // A missing or damaged vocabulary leaves the features without names.
    // oxlint-disable-next-line no-await-in-loop -- the first one present is read
    const source = await folder.open(name).catch(() => undefined);
    if (source === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop
    const found = await readLabelFile(named(source, name)).catch(() => null);
    if (found !== null) return { ...found, file: `${folder.name}${name}` };
  }
  return null;
}
