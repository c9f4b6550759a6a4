import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ByteSource } from '../bytes/byte-source.ts';
import { isStandardInput, isUrl, shownLocation } from '../bytes/hf-url.ts';
import { openTensors, type OpenOptions } from '../formats/open-tensors.ts';
import type { MatrixOptions } from '../tables/matrix-options.ts';
import type { SourceFolder } from '../bytes/source-folder.ts';
import { openFolder } from '../formats/open-folder.ts';
import type { TensorFile } from '../tensors/tensor-file.ts';
import {
  folderOfUrl,
  isHubFolder,
  openUrl,
  urlFolder,
  type UrlOptions,
} from '../bytes/url-source.ts';
import { FormatError } from '../bytes/format-error.ts';
import { inflateBrotli } from './brotli.ts';
import { localFolder } from './local-folder.ts';
import { openFile } from './open-file.ts';
import { hubFromEnvironment } from './open-location.ts';
import { noFolder, openStandardInput } from './standard-input.ts';
import { spooled, type SpooledSource } from './spool.ts';

/** Options for opening weights; all are optional. `token` and `endpoint` default to HF_TOKEN and HF_ENDPOINT. */
export interface WeightsOptions extends UrlOptions {
  /** As in OpenOptions: shards that hold none of these tensors are neither opened nor listed. */
  readonly wanted?: readonly string[];
  /**
   * True if remote and compressed tensors are copied to a temporary file as they are read, so that a second pass is
   * fast; default true.
   */
  readonly spool?: boolean;
  /** As in OpenOptions: whether the first line and column of a table hold names. */
  readonly matrix?: MatrixOptions;
}

/** Open weights; `close` them when done. */
export interface OpenedWeights {
  readonly file: TensorFile;
  /** Name of the location in messages and reports, without query, user or token, which may be secret. */
  readonly name: string;
  /** The folder of the weights, for other files such as the configuration. */
  readonly folder: SourceFolder;
  /** The folder above it, where some projects keep the configuration; absent at the top. */
  readonly parent?: SourceFolder;
  close(): Promise<void>;
}

/**
 * Opens weights on disk or on the web: a file, an index of shards, or a folder with one of these. Only headers are
 * read.
 *
 * @param location a path, or an address `http(s)://..` or `hf://owner/repository[@revision][/path]`. An address that
 *   ends with `/`, names only a repository, or names a folder of the hub is a folder. `-` is standard input.
 * @param options tensors needed, copying, and options of `openUrl`.
 * @returns the opened file, its name and its folder; close them when done.
 * @throws FormatError (as a rejection) if there are no weights, and as `openTensors`, `openFolder` and `openUrl` do.
 * @example
 * ```js
 * import { encodeNpy } from 'polysem/io';
 * import { openWeights, writeFileAtomic } from 'polysem/io/node';
 * await writeFileAtomic('W.npy', encodeNpy({ shape: [1, 2], data: Float64Array.of(1, 2) }));
 * const weights = await openWeights('W.npy');
 * weights.file.entries[0].shape; // [1, 2]
 * await weights.close();
 * ```
 */
export async function openWeights(
  location: string,
  options: WeightsOptions = {},
): Promise<OpenedWeights> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closing.splice(0).map((end) => end()));
  };
  try {
    const open = isStandardInput(location) ? openPiped : isUrl(location) ? openRemote : openLocal;
    const opened = await open(location, options, closing);
    return { ...opened, name: shownLocation(location), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Compressed members up to this size are inflated again instead of copied: a feature source keeps matrices of this size
 * in memory.
 */
const SMALL = 1 << 25;

type Closing = (() => Promise<void>)[];
type Opened = Pick<OpenedWeights, 'file' | 'folder' | 'parent'>;

async function openLocal(path: string, options: WeightsOptions, closing: Closing): Promise<Opened> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const at = resolve(isFolder ? path : dirname(path));
  const folder = isFolder ? localFolder(path) : localFolder(dirname(path), path);
  const above = localFolder(dirname(at));
  closing.push(folder.close, above.close);
  const parent = dirname(at) === at ? {} : { parent: above };
  const members = memberSpool(options, closing);
  const others = { ...chosen(options), ...members.option };
  if (isFolder) return { file: await openFolder(folder, others), folder, ...parent };
  const source = await openFile(path);
  closing.push(() => source.close());
  return { file: await openTensors(source, { ...others, folder }), folder, ...parent };
}

async function openPiped(_: string, options: WeightsOptions, closing: Closing): Promise<Opened> {
  const source = await openStandardInput();
  closing.push(() => source.close());
  const members = memberSpool(options, closing);
  const file = await openTensors(source, { ...chosen(options), ...members.option });
  return { file, folder: noFolder };
}

async function openRemote(
  location: string,
  options: WeightsOptions,
  closing: Closing,
): Promise<Opened> {
  const web: UrlOptions = { ...hubFromEnvironment(), ...options };
  const members = memberSpool(options, closing);
  /** Copies by file; without a name, that of the file opened first, which names the others. */
  const sources = new Map<string | undefined, SpooledSource>();
  const wrap = (file: string, source: ByteSource): ByteSource => {
    if (options.spool === false) return source;
    const copy = spooled(source);
    closing.push(copy.close);
    if (sources.size === 0) sources.set(undefined, copy);
    sources.set(file, copy);
    return copy;
  };
  const wrapped = (folder: SourceFolder, prefix = ''): SourceFolder => ({
    ...folder,
    open: async (file) => {
      const source = await folder.open(file);
      return source && wrap(`${prefix}${file}`, source);
    },
    ...(folder.subfolder !== undefined && {
      subfolder: (name) => wrapped(folder.subfolder!(name), `${prefix}${name}/`),
    }),
  });

  const source = isFolderAddress(location) ? null : await openFileOnWeb(location, web);
  const isFolder = source === null;
  const folder = (isFolder ? urlFolder : folderOfUrl)(location, web);
  const open = async (): Promise<TensorFile> => {
    const others = { ...chosen(options), ...members.option };
    if (source === null) return openFolder(wrapped(folder), others);
    return openTensors(wrap(location, source), { ...others, folder: wrapped(folder) });
  };
  const file = keeping(await open(), (shard) => sources.get(shard), members.count);
  const above = folderAbove(location, isFolder);
  return { file, folder, ...(above !== null && { parent: urlFolder(above, web) }) };
}

/** The repository or host of an address. */
const TOP = /^(?:hf:\/\/(?:(?:datasets|models|spaces)\/)?[^/]+\/|https?:\/\/)[^/]+/i;

/** Returns whether an address says that it is a folder: it ends with a slash, or is a repository. */
function isFolderAddress(location: string): boolean {
  const shown = shownLocation(location);
  return shown.endsWith('/') || (/^hf:/i.test(shown) && TOP.exec(shown)?.[0] === shown);
}

/** Opens a file on the web; null if the location is a folder of the hub instead. */
async function openFileOnWeb(location: string, web: UrlOptions): Promise<ByteSource | null> {
  try {
    return await openUrl(location, web);
  } catch (error) {
    const isMissing =
      error instanceof FormatError && error.problem.startsWith('no such file (404)');
    // If the hub cannot be asked, the missing file is what the user should hear of.
    if (isMissing && (await isHubFolder(location, web).catch(() => false))) return null;
    throw error;
  }
}

/** The address of the folder above that of a file; null if the file is at the top of a host or repository. */
function folderAbove(location: string, isFolder: boolean): string | null {
  const path = location.replace(/[?#].*$/s, '');
  const folder = path.replace(isFolder ? /\/+$/ : /\/[^/]*$/, '');
  return TOP.exec(folder)?.[0] === folder ? null : folder.replace(/[^/]*$/, '');
}

/** Wraps a file so that opened tensors are copied as they are read. */
function keeping(
  file: TensorFile,
  sourceOf: (shard: string | undefined) => SpooledSource | undefined,
  members: () => number,
): TensorFile {
  const keep = async (name: string): ReturnType<TensorFile['open']> => {
    const before = members();
    const reader = await file.open(name);
    const { file: shard, byteOffset, byteLength } = reader.entry;
    // An inflated copy makes a compressed one unnecessary.
    if (members() === before) sourceOf(shard)?.keep(byteOffset, byteLength);
    return reader;
  };
  return {
    ...file,
    open: keep,
    // Read once from start to end, so a copy is useless.
    read: file.read,
  };
}

function memberSpool(
  options: WeightsOptions,
  closing: Closing,
): { readonly option: Pick<OpenOptions, 'spool'>; readonly count: () => number } {
  let count = 0;
  if (options.spool === false) return { option: {}, count: () => count };
  const spool = async (source: ByteSource): Promise<ByteSource> => {
    if (source.size <= SMALL) return source;
    count += 1;
    const copy = spooled(source);
    closing.push(copy.close);
    copy.keep(0, source.size);
    return copy;
  };
  return { option: { spool }, count: () => count };
}

function chosen({ wanted, matrix }: WeightsOptions): OpenOptions {
  return {
    brotli: inflateBrotli,
    ...(wanted !== undefined && { wanted }),
    ...(matrix !== undefined && { matrix }),
  };
}
