import { dataSet, type DataSet } from '@polysem/core/features';
import { UsageError } from '../errors.ts';
import { parseMatrixFlags, refuseMatrixFlags, type MatrixFlags } from '../matrix-flags.ts';
import { parseNumber } from '../parse.ts';
import { readTensorFile } from '../read-tensor.ts';
import { isCopulaFile } from './correlation.ts';
import { givenValueFlags, type InputFlags } from './inputs.ts';

/** Flags of a data matrix as inputs. */
export interface DataFlags extends InputFlags, MatrixFlags {
  readonly inputs?: string;
  readonly heldOut?: string;
}

/** Default fraction of held-out rows. */
const HELD_OUT = 0.1;

/** Reads the data matrix of `--inputs`, rows x features; null if the flag is absent. */
export async function readData(flags: DataFlags): Promise<DataSet | null> {
  const { inputs: path } = flags;
  if (path === undefined) {
    if (flags.heldOut !== undefined)
      throw new UsageError(
        '--held-out: requires --inputs; random samples are always evaluated on other samples',
      );
    if (!isCopulaFile(flags.correlation))
      refuseMatrixFlags(flags, '--inputs FILE or --correlation copula:FILE');
    return null;
  }
  const given = {
    '--density': flags.density,
    ...givenValueFlags(flags),
    '--correlation': flags.correlation,
  };
  for (const [flag, value] of Object.entries(given)) {
    if (value !== undefined)
      throw new UsageError(`${flag}: cannot be combined with --inputs; leave one of them out`);
  }
  const { shape, data } = await readTensorFile(path, '--inputs', parseMatrixFlags(flags));
  const [rows, features] = shape;
  if (shape.length !== 2 || rows === 0 || features === 0) {
    throw new UsageError(
      `--inputs: ${path} has shape ${shape.join(' x ') || 'of a single number'}; data must be a matrix, rows x features`,
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

/** Parses the fraction of held-out rows. */
export function parseHeldOut({ heldOut }: DataFlags): number {
  return heldOut === undefined ? HELD_OUT : parseNumber(heldOut, '--held-out');
}
