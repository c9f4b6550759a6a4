import process from 'node:process';
import { isUrl } from '../bytes/hf-url.ts';
import { openUrl, type UrlOptions } from '../bytes/url-source.ts';
import { openFile, type FileSource } from './open-file.ts';
import { orStandardInput } from './standard-input.ts';

/**
 * Opens a file on disk or on the web, or standard input.
 *
 * @param location a path, an address `http(s)://..` or `hf://..`, or `-` for standard input.
 * @param options as for `openUrl`; token and endpoint default to HF_TOKEN and HF_ENDPOINT.
 * @returns an open file; close it when done.
 * @throws FormatError (as a rejection) as `openFile`, `openUrl` and `openStandardInput` do.
 * @example
 * ```js
 * import { openLocation, writeFileAtomic } from 'polysem/io/node';
 * await writeFileAtomic('open-location.txt', 'abc');
 * const file = await openLocation('open-location.txt');
 * file.size; // 3
 * await file.close();
 * ```
 */
export async function openLocation(
  location: string,
  options: UrlOptions = {},
): Promise<FileSource> {
  if (!isUrl(location)) return orStandardInput(location, openFile);
  const source = await openUrl(location, { ...hubFromEnvironment(), ...options });
  return { ...source, close: async () => undefined };
}

/** Reads HF_ENDPOINT and HF_TOKEN. */
export function hubFromEnvironment(): Pick<UrlOptions, 'token' | 'endpoint'> {
  const { HF_TOKEN: token, HF_ENDPOINT: endpoint } = process.env;
  return { ...(token ? { token } : {}), ...(endpoint ? { endpoint } : {}) };
}
