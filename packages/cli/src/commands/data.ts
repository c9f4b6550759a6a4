import { dataSet, type DataSet } from '@polysem/core/features';
import { UsageError } from '../errors.ts';
import { parseNumber } from '../parse.ts';
import { readTensorFile } from '../read-tensor.ts';
import { givenValueFlags, type InputFlags } from './inputs.ts';

/** Flags that bring a data matrix as inputs. */
export interface DataFlags extends InputFlags {
  readonly inputs?: string;
  readonly heldOut?: string;
}

/** Rows held out unless told otherwise, as a fraction. */
const HELD_OUT = 0.1;

/** The data matrix that `--inputs` names, rows x features; null without. */
export async function readData(flags: DataFlags): Promise<DataSet | null> {
  const { inputs: path } = flags;
  if (path === undefined) {
    if (flags.heldOut !== undefined)
      throw new UsageError('--held-out: belongs to --inputs; samples are judged by others anyway');
    return null;
  }
  const given = {
    '--density': flags.density,
    ...givenValueFlags(flags),
    '--correlation': flags.correlation,
  };
  for (const [flag, value] of Object.entries(given)) {
    if (value !== undefined)
      throw new UsageError(
        `${flag}: the data of --inputs have their own; leave one of the two out`,
      );
  }
  const { shape, data } = await readTensorFile(path, '--inputs');
  const [rows, features] = shape;
  if (shape.length !== 2 || rows === 0 || features === 0) {
    throw new UsageError(
      `--inputs: ${path} has shape ${shape.join(' x ') || 'of a single number'}; data are rows x features, at least one of each`,
    );
  }
  const bad = data.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) {
    throw new UsageError(
      `--inputs: ${path} has ${data[bad]} in row ${Math.floor(bad / features)}, feature ${bad % features}; every number must be finite`,
    );
  }
  const matrix = data instanceof Float32Array ? data : Float64Array.from(data);
  return dataSet(matrix, rows, features);
}

/** The fraction of rows held out. */
export function parseHeldOut({ heldOut }: DataFlags): number {
  return heldOut === undefined ? HELD_OUT : parseNumber(heldOut, '--held-out');
}
