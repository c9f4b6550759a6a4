import process from 'node:process';
import { isUrl } from '../bytes/hf-url.ts';
import { openUrl, type UrlOptions } from '../bytes/url-source.ts';
import { openFile, type FileSource } from './open-file.ts';

/**
 * Opens a file wherever it is: a path, or its address on the web, `http(s)://` or `hf://`. `close` it when done.
 *
 * Rejects with FormatError as `openFile` and `openUrl` do.
 */
export async function openLocation(
  location: string,
  options: UrlOptions = {},
): Promise<FileSource> {
  if (!isUrl(location)) return openFile(location);
  const source = await openUrl(location, { ...hubFromEnvironment(), ...options });
  return { ...source, close: async () => undefined };
}

/** The hub that the environment names, and the token for it: HF_ENDPOINT and HF_TOKEN. */
export function hubFromEnvironment(): Pick<UrlOptions, 'token' | 'endpoint'> {
  const { HF_TOKEN: token, HF_ENDPOINT: endpoint } = process.env;
  return { ...(token ? { token } : {}), ...(endpoint ? { endpoint } : {}) };
}
