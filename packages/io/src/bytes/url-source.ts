import { checkToken } from './check-token.ts';
import { checkRange, type ByteSource } from './byte-source.ts';
import { FormatError } from './format-error.ts';
import { resolveHf, shownUrl } from './hf-url.ts';
import { readAhead } from './read-ahead.ts';
import { listHub, type HubTree } from './hub-tree.ts';
import { rangeClient, type RangeClient, type RangeOptions } from './range-client.ts';
import { checkInside, type SourceFolder } from './source-folder.ts';

/** Options for fetching files from the web; all are optional. */
export interface UrlOptions extends RangeOptions {
  /** The hub that `hf://` refers to; default https://huggingface.co. */
  readonly endpoint?: string;
}

/**
 * Opens a file on the web. Only the ranges that are read are fetched, at least 64 kB at a time, so a header takes one
 * or two requests. If the server does not support ranges, the whole file is fetched and kept, up to 16 MB. Requests
 * that fail for a temporary reason are repeated.
 *
 * @param location `http(s)://..` or `hf://owner/repository[@revision]/path`.
 * @param options token, endpoint and retries.
 * @returns a source; nothing needs to be closed.
 * @throws FormatError (as a rejection) if there is no such file, access is denied, the file is large and served without
 *   ranges, or it changes while it is read.
 * @example
 * ```js
 * import { openUrl } from 'polysem/io';
 * const fetch = async () => new Response('abc');
 * (await openUrl('https://host/letters.txt', { fetch })).size; // 3
 * ```
 */
export async function openUrl(location: string, options: UrlOptions = {}): Promise<ByteSource> {
  const source = await openIfThere(location, options);
  if (source !== undefined) return source;
  throw new FormatError(
    shownUrl(location),
    /^hf:/i.test(location)
      ? 'no such file (404); check owner, repository, revision and path'
      : 'no such file (404); check the address',
  );
}

/** Most folders of the hub that are searched for weights; of more, the user chooses one. */
const MOST_SEARCHED = 8;

/**
 * Makes a folder of the files below an address. Only folders of the hub (`hf://`) can be listed.
 *
 * @param location the address of a folder or repository.
 * @param options as for `openUrl`.
 * @returns the folder.
 * @example
 * ```js
 * import { urlFolder } from 'polysem/io';
 * urlFolder('hf://openai-community/gpt2').name; // 'hf://openai-community/gpt2/'
 * ```
 */
export function urlFolder(location: string, options: UrlOptions = {}): SourceFolder {
  // A query belongs to the one file it was made for.
  const base = location.replace(/[?#].*$/s, '').replace(/\/*$/, '/');
  const hf = /^hf:/i.test(base);
  const folder: SourceFolder = {
    name: shownUrl(base),
    open: async (file) => {
      checkInside(shownUrl(base), file);
      const path = hf ? file : file.split('/').map(encodeURIComponent).join('/');
      return openIfThere(base + path, options);
    },
  };
  if (!hf) return folder;
  let listing: Promise<HubTree> | undefined;
  const tree = async (): Promise<HubTree> => (listing ??= listFolder(base, options));
  return {
    ...folder,
    list: async () => (await tree()).files,
    folders: async () => (await tree()).folders,
    subfolder: (name) => {
      checkInside(shownUrl(base), name);
      return urlFolder(base + name, options);
    },
    mostSearched: MOST_SEARCHED,
  };
}

/** Lists a folder of the hub. @throws FormatError (as a rejection) if there is none, or no API that lists it. */
async function listFolder(location: string, options: UrlOptions): Promise<HubTree> {
  const tree = await listHub(location, options.endpoint, (url) => client(url, location, options));
  if (tree !== undefined) return tree;
  throw new FormatError(
    shownUrl(location),
    'no such folder (404); check owner, repository, revision and path',
  );
}

/**
 * Returns whether a location is a folder of the hub.
 *
 * @throws FormatError (as a rejection) as `openUrl` does.
 */
export async function isHubFolder(location: string, options: UrlOptions = {}): Promise<boolean> {
  if (!/^hf:/i.test(location)) return false;
  const tree = await listHub(location, options.endpoint, (url) => client(url, location, options));
  return tree !== undefined && tree.files.length + tree.folders.length > 0;
}

/**
 * Makes the folder that contains a file on the web.
 *
 * @param location the address of the file.
 * @param options as for `openUrl`.
 * @returns the folder.
 * @example
 * ```js
 * import { folderOfUrl } from 'polysem/io';
 * folderOfUrl('https://host/model/w.npy').name; // 'https://host/model/'
 * ```
 */
export function folderOfUrl(location: string, options: UrlOptions = {}): SourceFolder {
  return urlFolder(location.replace(/[?#].*$/s, '').replace(/[^/]*$/, ''), options);
}

async function openIfThere(location: string, options: UrlOptions): Promise<ByteSource | undefined> {
  const name = shownUrl(location);
  const opened = await client(resolveHf(location, options.endpoint), location, options);
  if (opened === undefined) return undefined;
  const { size, fetchRange, start } = opened;
  const cached = readAhead(size, fetchRange, start);
  return {
    name,
    size,
    read: async (offset, length) => {
      checkRange({ name, size }, offset, length);
      return cached(offset, length);
    },
  };
}

/** Fetches the beginning of an address, named after `location` in errors; undefined for 404. */
async function client(
  address: string,
  location: string,
  { token, endpoint = 'https://huggingface.co', ...others }: UrlOptions,
): Promise<RangeClient | undefined> {
  const name = shownUrl(location);
  const url = parseUrl(address, name);
  // Never send the hub's token to another host.
  const trusted = token !== undefined && url.origin === parseUrl(endpoint, 'the endpoint').origin;
  if (trusted) checkToken(token, name);
  return rangeClient(url.href, name, trusted ? { ...others, token } : others);
}

function parseUrl(text: string, name: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new FormatError(name, 'is not a valid address', { cause });
  }
  if (url.username === '' && url.password === '') return url;
  throw new FormatError(
    name,
    'has a user or password in its address, which is not sent; remove it',
  );
}
