import type { MatrixOptions } from '@polysem/io/tables';
import { flagOf, UsageError } from './errors.ts';

/** Flags that say whether the first line and column of a table hold names or numbers. */
export interface MatrixFlags {
  readonly header?: string;
  readonly indexColumn?: string;
}

/** A command that takes options. */
interface TakesOptions {
  option(flags: string, description: string): this;
}

/** Adds the flags of `MatrixFlags` to a command. */
export function addMatrixFlags<C extends TakesOptions>(command: C): C {
  return command
    .option(
      '--header <line>',
      'first line of a table (.csv, .tsv): 0 if it names the columns, none if it holds numbers (default: as the content shows)',
    )
    .option(
      '--index-column <column>',
      'first column of a table (.csv, .tsv, .parquet): 0 if it is an index or names the rows, none if it holds numbers (default: as the content shows)',
    );
}

/**
 * Refuses the flags of a table if no other flag names a file that can be one.
 *
 * @param sources the flags that name such files, for the message.
 * @throws UsageError if a flag would have no effect.
 */
export function refuseMatrixFlags(flags: MatrixFlags, sources: string): void {
  for (const flag of ['header', 'indexColumn'] as const) {
    if (flags[flag] !== undefined)
      throw new UsageError(`${flagOf(flag)}: requires ${sources}; leave it out`);
  }
}

/** The layout of a table that the flags give. */
export function parseMatrixFlags({ header, indexColumn }: MatrixFlags): MatrixOptions {
  return {
    ...(header !== undefined && { header: isFirst(header, '--header') }),
    ...(indexColumn !== undefined && { indexColumn: isFirst(indexColumn, '--index-column') }),
  };
}

/** True for `0`, false for `none`: as `header` and `index_col` of pandas. */
export function isFirst(text: string, flag: string): boolean {
  if (text === '0') return true;
  if (text === 'none') return false;
  throw new UsageError(`${flag}: expected 0 or none, got ${JSON.stringify(text)}`);
}
