import { resolve } from 'node:path';
import type { FeatureSource } from '@polysem/core/embedding';
import type { TensorFile } from '@polysem/io';
import {
  findFeatures,
  openFeatures,
  PRESETS,
  readHints,
  type FeatureMatrix,
} from '@polysem/io/layouts';
import { openWeights } from '@polysem/io/node';
import { z } from 'zod';
import type { FeatureChoice } from '../../measure/feature-choice.ts';
import { nearestNames } from '../../nearest-names.ts';
import type { CellJob, Parameters } from './computation.ts';
import { fileDigest } from './file-digest.ts';
import { required } from './required.ts';
import { choice, type Fields } from './schemas.ts';

/** Parameters that name a matrix of features in a file. */
export const matrixFields: Fields = {
  file: z
    .string()
    .min(1)
    .describe('File of weights, relative to the document. Its SHA-256 is part of the cell.'),
  tensor: z.string().describe('Name of the tensor (default: the only matrix, or W of polysem).'),
  axis: choice(
    ['rows', 'columns'],
    'Axis of the tensor that counts features (default: known from polysem or from the preset).',
  ),
  preset: choice(
    PRESETS,
    'Kind of features of a known layout; `polysem measure FILE --list` shows them.',
  ),
  layer: z.int().min(0).describe('With preset: layer of the model.'),
};

/** Fills in the parameters of a matrix. */
export function resolveMatrix(given: Parameters): Parameters {
  const { tensor = null, axis = null, preset = null, layer = null } = given;
  if (layer !== null && preset === null)
    throw new RangeError('layer: requires preset; add one, such as preset: sae-decoder');
  const file = required<string>(given, 'file', 'W.safetensors');
  return { file, sha256: required<string>(given, 'sha256', '..'), tensor, axis, preset, layer };
}

/** A matrix of features in an open file. */
export interface FileMatrix {
  readonly file: TensorFile;
  readonly path: string;
  readonly choice: FeatureChoice;
  readonly source: FeatureSource;
}

/**
 * Opens the matrix of a cell, and closes its file after use.
 *
 * @param job the cell.
 * @param use computes something from the matrix.
 * @returns what it computed.
 * @throws RangeError if the file has changed since the sweep was planned, or the parameters do not choose one matrix.
 */
export async function withMatrix<T>(
  { parameters, context }: CellJob,
  use: (matrix: FileMatrix) => Promise<T>,
): Promise<T> {
  const path = parameters.file as string;
  const digest = fileDigest(context.folder, path);
  if (digest !== parameters.sha256)
    throw new RangeError(
      `file: ${path} has changed since the sweep was planned: its SHA-256 was ${String(parameters.sha256).slice(0, 12)}.. and is ${digest.slice(0, 12)}..`,
    );
  const { file, folder, parent, close } = await openWeights(resolve(context.folder, path));
  try {
    const hints = await readHints({ file, path, folder, ...(parent !== undefined && { parent }) });
    const { features } = findFeatures(file.entries, hints);
    const chosen =
      parameters.preset === null
        ? byTensor(file, features, parameters)
        : byPreset(features, parameters);
    return await use({
      file,
      path,
      choice: chosen,
      source: await openFeatures(chosen, file, path),
    });
  } finally {
    await close();
  }
}

function byPreset(features: readonly FeatureMatrix[], parameters: Parameters): FeatureChoice {
  const { file, preset, layer, tensor } = parameters;
  const held = [...new Set(features.map((one) => one.preset))];
  const matches = features.filter(
    (one) =>
      one.preset === preset &&
      (layer === null || one.layer === layer) &&
      (tensor === null || one.tensor === tensor),
  );
  if (matches.length === 1) return { ...matches[0], label: matches[0].tensor, notes: [] };
  const found = matches.length === 0 ? 'no matrix' : `${matches.length} matrices`;
  throw new RangeError(
    `preset: ${String(file)} has ${found} of ${String(preset)}${layer === null ? '' : ` in layer ${String(layer)}`}; it has ${held.join(', ') || 'no known layout'}; name one with layer or tensor`,
  );
}

function byTensor(
  file: TensorFile,
  features: readonly FeatureMatrix[],
  parameters: Parameters,
): FeatureChoice {
  const tensor =
    (parameters.tensor as string | null) ?? onlyMatrix(file, parameters.file as string);
  const entry = file.entries.find(({ name }) => name === tensor);
  const names = file.entries.map(({ name }) => name);
  if (entry === undefined)
    throw new RangeError(
      `tensor: ${String(parameters.file)} has no tensor ${JSON.stringify(tensor)}; the closest are ${nearestNames(tensor, names).join(', ')}`,
    );
  const isOwn = file.metadata.polysem !== undefined && file.metadata.features === 'columns';
  const axes = new Set(features.filter((one) => one.tensor === tensor).map(({ axis }) => axis));
  const axis =
    (parameters.axis as 'rows' | 'columns' | null) ??
    (isOwn ? 'columns' : axes.size === 1 ? [...axes][0] : null);
  if (axis === null)
    throw new RangeError(
      `axis: which axis of ${JSON.stringify(tensor)} (${entry.shape.join(' x ')}) counts features? add axis: rows or axis: columns`,
    );
  return { tensor, axis, label: tensor, notes: [] };
}

function onlyMatrix({ entries, metadata }: TensorFile, path: string): string {
  const matrices = entries.filter(({ shape, readable }) => shape.length === 2 && readable);
  if (metadata.polysem !== undefined && matrices.some(({ name }) => name === 'W')) return 'W';
  if (matrices.length === 1) return matrices[0].name;
  const names = matrices.map(({ name }) => name);
  throw new RangeError(
    `tensor: ${path} holds ${matrices.length} matrices; name one: ${names.slice(0, 12).join(', ')}`,
  );
}

/** Size of a cell that reads a file: unknown before it is opened. */
export const unknownSize = { seconds: 2, features: 1000, weights: 0 } as const;
