import { createHash } from 'node:crypto';
import type { CellFailure, CellResult, ResultColumn, ResultValue } from '../cell.ts';
import { canonicalJson } from '../../identity.ts';
import { encode } from '../../store/encode.ts';

/** The end of one cell as the store keeps it. */
export interface Row {
  /** Place of the cell in the plan. */
  readonly index: number;
  /** Values by column; empty if the cell failed. */
  readonly values: Readonly<Record<string, ResultValue>>;
  /** SHA-256 of the file of weights; null without one. */
  readonly weights: string | null;
  readonly failure: CellFailure | null;
  /** The digest of the row, if it is known from a file. */
  readonly digest?: Buffer;
}

/** Columns that every row has beside those of its values. */
export const OWN_COLUMNS: readonly ResultColumn[] = [
  { name: 'weights', type: 'text' },
  { name: 'error', type: 'text' },
  { name: 'errorKind', type: 'text' },
];

/** Bytes of the digest of a row. */
export const ROW_DIGEST_BYTES = 16;

/** The digest of a row: rows of one cell with different digests are different results. */
export function rowDigest({ values, weights, failure, digest }: Omit<Row, 'index'>): Buffer {
  if (digest !== undefined) return digest;
  const text = canonicalJson(encode([values, weights, failure]).json);
  return createHash('sha256').update(text).digest().subarray(0, ROW_DIGEST_BYTES);
}

/** The digest of the weights of a result; null without weights. */
export function weightsDigest({ weights }: CellResult): string | null {
  return weights === undefined ? null : createHash('sha256').update(weights).digest('hex');
}

/** The states of a cell, and of a row. */
export const OPEN = 0;
export const DONE = 1;
/** The computation failed and would fail again. */
export const FAILED = 2;
/** The computation failed for a reason that may go away. */
export const RETRYABLE = 3;

/** The state that a row gives its cell. */
export function stateOf({ failure }: Pick<Row, 'failure'>): number {
  if (failure === null) return DONE;
  return failure.kind === 'permanent' ? FAILED : RETRYABLE;
}
