import type { ByteSource } from '../bytes/byte-source.ts';
import type { SourceFolder } from '../bytes/source-folder.ts';
import type { ZipMember } from '../bytes/zip-directory.ts';
import type { MatrixOptions } from '../tables/matrix-options.ts';
import type { Table, TableOptions } from '../tables/table.ts';
import type { TensorFile } from '../tensors/tensor-file.ts';

/** Options for opening a file of tensors; all are optional. */
export interface OpenOptions {
  /** The folder with the files that this one names, such as the shards of an index. */
  readonly folder?: SourceFolder;
  /** Names of the tensors needed. Shards that hold none of them are neither opened nor listed. */
  readonly wanted?: readonly string[];
  /**
   * Copies a source that is slow to read twice, such as a compressed member of an archive, so that later reads of the
   * copy are fast.
   */
  readonly spool?: (source: ByteSource) => Promise<ByteSource>;
  /** Header and index column of a table that is read as a matrix; by default its content decides. */
  readonly matrix?: MatrixOptions;
  /** Decompresses Brotli pages of Parquet files, as in TableOptions. */
  readonly brotli?: TableOptions['brotli'];
}

/** The beginning of a file, from which its format is recognised. */
export interface FileHead {
  readonly source: ByteSource;
  /** The first bytes, up to `HEAD_BYTES`. */
  readonly start: Uint8Array;
  /** Reads the directory of a zip file, once for all callers. Rejects with FormatError if it is damaged. */
  readonly zipMembers: () => Promise<readonly ZipMember[]>;
}

/** Opens one shard: a file of a format with `isShard`. */
export type OpenShard = (source: ByteSource) => Promise<TensorFile>;

/** A file format: everything that detection, help texts and documentation need to know about it. */
export interface Format {
  /** Short name, as in `TensorFile.format`. */
  readonly name: string;
  /** Name in sentences, such as `PyTorch`. */
  readonly title: string;
  /** Usual extensions, each with its dot. */
  readonly extensions: readonly string[];
  /** Returns whether a file has this format. Formats are asked in the order of the registry. */
  readonly recognises: (head: FileHead) => boolean | Promise<boolean>;
  /** Opens a file of tensors; absent if the format holds none. */
  readonly openTensors?: (
    head: FileHead,
    options: OpenOptions,
    openShard: OpenShard,
  ) => Promise<TensorFile>;
  /** Reads a table with named columns; absent if the format holds none. */
  readonly readTable?: (source: ByteSource, options: TableOptions) => Promise<Table>;
  /** True if an index of shards may name files of this format. */
  readonly isShard?: boolean;
  /**
   * Names that mark a file of weights in a folder. The lowest rank present is opened; several files of one rank are
   * ambiguous.
   */
  readonly inFolders?: readonly { readonly rank: number; readonly names: RegExp }[];
  /** Types that are read, for the documentation. */
  readonly reads: string;
  /** Types that are listed but not read, for the documentation. */
  readonly refuses: string;
}

/** The bytes of a file that are read before its format is known: a tar archive shows its signature at byte 257. */
export const HEAD_BYTES = 512;

/** The first bytes of a zip file: a local header or, in an empty archive, the end record. */
const ZIP_SIGNATURES = [Uint8Array.of(0x50, 0x4b, 3, 4), Uint8Array.of(0x50, 0x4b, 5, 6)];

/** Returns whether a file begins as zip archives do. */
export function isZip(head: FileHead): boolean {
  return ZIP_SIGNATURES.some((signature) => startsWith(head, signature));
}

/** Returns whether a file begins with these bytes. */
export function startsWith({ start }: FileHead, signature: Uint8Array): boolean {
  return signature.every((byte, i) => start[i] === byte);
}
