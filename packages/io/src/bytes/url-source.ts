import { checkRange, type ByteSource } from './byte-source.ts';
import { FormatError } from './format-error.ts';
import { resolveHf, shownUrl } from './hf-url.ts';
import { readAhead } from './read-ahead.ts';
import { rangeClient, type RangeOptions } from './range-client.ts';
import { checkInside, type SourceFolder } from './source-folder.ts';

/** How files on the web are fetched; every part may be left out. */
export interface UrlOptions extends RangeOptions {
  /** The hub that `hf://` means: https://huggingface.co if not given. */
  readonly endpoint?: string;
}

/**
 * Opens a file on the web, `http(s)://` or `hf://owner/repository[@revision]/path`, of which only the ranges are fetched
 * that are read. Short reads fetch 64 kB and more, so that a header takes one or two requests. A server that does not
 * serve ranges sends the whole, which is kept if it is at most 16 MB.
 *
 * Rejects with FormatError if there is no such file, it may not be read, it is large and served without ranges, or it
 * changes meanwhile. Requests that fail for a passing reason are made again a few times.
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

/** The files below an address, as a folder. They cannot be listed. */
export function urlFolder(location: string, options: UrlOptions = {}): SourceFolder {
  // What stands after ? belongs to the one file it was made for.
  const base = location.replace(/[?#].*$/s, '').replace(/\/*$/, '/');
  const hf = /^hf:/i.test(base);
  return {
    name: shownUrl(base),
    open: async (file) => {
      checkInside(shownUrl(base), file);
      const path = hf ? file : file.split('/').map(encodeURIComponent).join('/');
      return openIfThere(base + path, options);
    },
  };
}

/** The folder that a file on the web lies in. */
export function folderOfUrl(location: string, options: UrlOptions = {}): SourceFolder {
  return urlFolder(location.replace(/[?#].*$/s, '').replace(/[^/]*$/, ''), options);
}

async function openIfThere(location: string, options: UrlOptions): Promise<ByteSource | undefined> {
  const name = shownUrl(location);
  const url = parseUrl(resolveHf(location, options.endpoint), name);
  const { token, endpoint = 'https://huggingface.co', ...others } = options;
  // The token is the hub's, and goes nowhere else.
  const trusted = token !== undefined && url.origin === parseUrl(endpoint, 'the endpoint').origin;
  const client = await rangeClient(url.href, name, trusted ? { ...others, token } : others);
  if (client === undefined) return undefined;
  const { size, fetchRange, start } = client;
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

function parseUrl(text: string, name: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new FormatError(name, 'is not an address that can be understood', { cause });
  }
  if (url.username === '' && url.password === '') return url;
  throw new FormatError(
    name,
    'has a user or password in its address, which is not sent; use an address without',
  );
}
