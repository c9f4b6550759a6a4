import { FormatError, quote } from './format-error.ts';
import { isRecord } from './json-object.ts';
import { resolveHfTree, shownUrl } from './hf-url.ts';
import type { RangeClient } from './range-client.ts';
import { isInside } from './source-folder.ts';

/** Files and folders in a folder of the hub, by their names in it. */
export interface HubTree {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** Most pages of a listing; a page has up to 1000 entries. */
const MOST_PAGES = 20;

/** Fetches an address whole; undefined for 404. */
export type FetchPage = (url: string) => Promise<RangeClient | undefined>;

/**
 * Lists a folder of the hub with its API, `/api/models/<repository>/tree/<revision>/<path>`; undefined if there is no such
 * folder, or no such API (404).
 *
 * @param location `hf://owner/repository[@revision][/path]`.
 * @throws FormatError (as a rejection) if the answer is not a listing, goes on at another host, or has too many pages, and as
 *   `openUrl` does.
 */
export async function listHub(
  location: string,
  endpoint: string | undefined,
  fetchPage: FetchPage,
): Promise<HubTree | undefined> {
  const name = shownUrl(location);
  const { url: first, path } = resolveHfTree(location, endpoint);
  const files: string[] = [];
  const folders: string[] = [];
  let next: string | null = first;
  for (let page = 0; next !== null; page++) {
    if (page === MOST_PAGES)
      throw new FormatError(name, `has more than ${MOST_PAGES} pages of files; give one of them`);
    const url: string = next;
    // oxlint-disable-next-line no-await-in-loop -- each page names the next one
    const answer = await fetchPage(url);
    if (answer === undefined) return undefined;
    // oxlint-disable-next-line no-await-in-loop
    for (const entry of entriesOf(await answer.fetchRange(0, answer.size), name)) {
      const own = path === '' ? entry.path : entry.path.slice(path.length + 1);
      const isHere = path === '' || entry.path.startsWith(`${path}/`);
      if (!isHere || own.includes('/') || !isInside(own)) continue;
      if (entry.type === 'file') files.push(own);
      else if (entry.type === 'directory') folders.push(own);
    }
    next = nextPage(answer.link, url, name);
  }
  return { files, folders };
}

function entriesOf(bytes: Uint8Array, name: string): { type: string; path: string }[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new FormatError(name, 'the hub sent a listing that is not JSON; give the file', {
      cause,
    });
  }
  if (!Array.isArray(parsed)) throw new FormatError(name, 'the hub sent no listing; give the file');
  return parsed.flatMap((entry: unknown) => {
    if (!isRecord(entry)) return [];
    const { type, path } = entry;
    return typeof type === 'string' && typeof path === 'string' ? [{ type, path }] : [];
  });
}

/** The address of the next page in a Link header; null at the end. Never leaves the host, which has the token. */
function nextPage(link: string | null, url: string, name: string): string | null {
  const target = /<([^<>]*)>\s*;\s*rel="?next"?/i.exec(link ?? '')?.[1];
  if (target === undefined) return null;
  const next = URL.canParse(target, url) ? new URL(target, url) : null;
  if (next?.origin === new URL(url).origin) return next.href;
  throw new FormatError(
    name,
    `the listing goes on at another address, ${quote(shownUrl(target))}; give the file`,
  );
}
