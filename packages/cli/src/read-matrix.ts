import {
  openTensors,
  toEmbedding,
  type FeaturesAxis,
  type Tensor,
  type TensorFile,
} from '@polysem/io';
import { openFile } from '@polysem/io/node';
import type { Embedding } from '@polysem/core';
import { UsageError } from './errors.ts';
import { parseChoice } from './parse.ts';

/** Flags that say which matrix of a file is meant, and which of its axes counts features. */
export interface MatrixFlags {
  readonly tensor?: string;
  readonly features?: string;
}

/** A matrix of a file as an embedding. */
export interface OpenMatrix {
  readonly file: TensorFile;
  readonly tensor: Tensor;
  readonly axis: FeaturesAxis;
  readonly embedding: Embedding;
}

/** Opens a file, reads the matrix that is meant, and hands both on; the file is closed afterwards. */
export async function withMatrix<T>(
  path: string,
  flags: MatrixFlags,
  use: (matrix: OpenMatrix) => Promise<T>,
): Promise<T> {
  const source = await openFile(path);
  try {
    const file = await openTensors(source);
    const tensor = await file.read(chooseTensor(path, file, flags.tensor));
    const axis = chooseAxis(path, tensor, flags.features, file.metadata);
    return await use({ file, tensor, axis, embedding: toEmbedding(tensor, axis, path) });
  } finally {
    await source.close();
  }
}

function chooseTensor(path: string, file: TensorFile, wanted: string | undefined): string {
  if (wanted !== undefined) {
    if (file.entries.some((entry) => entry.name === wanted)) return wanted;
    throw new UsageError(
      `${path}: has no tensor ${JSON.stringify(wanted)}; it holds ${list(file.entries)}`,
    );
  }
  if (file.entries.length === 1) return file.entries[0].name;
  const matrices = file.entries.filter((entry) => entry.shape.length === 2 && entry.readable);
  if (matrices.length === 1) return matrices[0].name;
  // What `train` wrote: W is the embedding, the others its read-out and its history.
  if (file.metadata.polysem !== undefined && matrices.some(({ name }) => name === 'W')) return 'W';
  if (matrices.length === 0)
    throw new UsageError(
      `${path}: holds no matrix that can be read; it holds ${list(file.entries)}`,
    );
  throw new UsageError(
    `${path}: holds ${matrices.length} matrices; choose one with --tensor: ${list(matrices)}`,
  );
}

/** The axis of the features: as told, as polysem itself wrote into the file, or where both give the same. */
function chooseAxis(
  path: string,
  tensor: Tensor,
  wanted: string | undefined,
  metadata: Readonly<Record<string, string>>,
): FeaturesAxis {
  if (wanted !== undefined) return parseChoice(wanted, '--features', ['rows', 'columns'] as const);
  if (metadata.polysem !== undefined && metadata.features === 'columns') return 'columns';
  if (tensor.shape.length !== 2 || isSymmetric(tensor)) return 'rows';
  const [rows, columns] = tensor.shape;
  throw new UsageError(
    `${path}: ${JSON.stringify(tensor.name)} is ${rows} x ${columns}; say --features rows (${rows} features in ${columns} dimensions) ` +
      `or --features columns (${columns} features in ${rows} dimensions)`,
  );
}

/** Names and shapes for a message, the first twenty. */
function list(entries: TensorFile['entries']): string {
  const shown = entries.slice(0, 20).map((entry) => `${entry.name} (${shape(entry)})`);
  return (
    shown.join(', ') +
    (entries.length > shown.length ? ` and ${entries.length - shown.length} more` : '')
  );
}

function shape(entry: { readonly shape: readonly number[] }): string {
  return entry.shape.join(' x ') || 'scalar';
}

function isSymmetric({ shape: [rows, columns], data }: Tensor): boolean {
  return (
    rows === columns &&
    data.every((value, at) => value === data[(at % columns) * columns + Math.floor(at / columns)])
  );
}
