import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/**
 * Headers of every answer. The first two isolate the page from other sites, so that its clocks are exact; the others keep it
 * from loading anything from elsewhere, except weights that the visitor names.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Path of the files that a visitor gave: `weights/NAME` beside the page. */
const WEIGHTS = '/weights/';

/**
 * Serves the files of a folder, and nothing outside it. Only reads are answered.
 *
 * @param folder the folder of the page.
 * @param weights the paths of further files by name, which are served below `weights/`, in ranges.
 * @param isPublic true to serve weights under any name of this machine. By default only under its own: another site whose name
 *   a server resolves to this machine could read them from the visitor's browser (DNS rebinding).
 * @returns the server, which does not listen yet.
 */
export function folderServer(
  folder: string,
  weights: ReadonlyMap<string, string> = new Map(),
  isPublic = false,
): Server {
  return createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const wanted = pathOf(request.url ?? '/');
    if (wanted?.startsWith(WEIGHTS) === true && !isPublic && !isOwnName(request.headers.host)) {
      response.writeHead(403, { 'content-type': 'text/plain' });
      response.end('weights are served only to pages of localhost; see --host\n');
      return;
    }
    if (weights.size > 0 && request.url === WEIGHTS) {
      // The names that the page may ask for.
      const names = [...weights].filter(([, path]) => existsSync(path)).map(([name]) => name);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(names));
      return;
    }
    const shared = sharedFile(wanted, weights);
    if (shared !== null) {
      answerRange(request, response, shared);
      return;
    }
    const file = fileAt(folder, wanted);
    if (file === null) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      return;
    }
    response.setHeader('content-type', TYPES[extname(file.path)] ?? 'application/octet-stream');
    response.setHeader('content-length', file.bytes);
    // Names of bundled files change with their content; the page itself does not.
    const isNamedByContent = file.path.includes(`${sep}assets${sep}`);
    response.setHeader(
      'cache-control',
      isNamedByContent ? 'max-age=31536000, immutable' : 'no-cache',
    );
    if (request.method === 'HEAD') response.end();
    else createReadStream(file.path).pipe(response);
  });
}

/** True for a name that only this machine has for itself, with or without a port. */
export function isOwnName(host: string | undefined): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)(?::\d+)?$/i.test(host ?? '');
}

/** A file below `weights/`; null for every other path. */
function sharedFile(
  wanted: string | null,
  weights: ReadonlyMap<string, string>,
): { path: string; bytes: number; modified: number } | null {
  if (wanted === null || !wanted.startsWith(WEIGHTS)) return null;
  const path = weights.get(wanted.slice(WEIGHTS.length));
  const found = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  if (path === undefined || found?.isFile() !== true) return null;
  return { path, bytes: found.size, modified: found.mtimeMs };
}

/** Answers with the part of a file that the request asks for (RFC 9110, section 14), or with all of it. */
function answerRange(
  request: IncomingMessage,
  response: ServerResponse,
  { path, bytes, modified }: { path: string; bytes: number; modified: number },
): void {
  response.setHeader('content-type', 'application/octet-stream');
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('cache-control', 'no-cache');
  response.setHeader('etag', `"${bytes.toString(36)}-${Math.round(modified).toString(36)}"`);
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const start = first === undefined ? 0 : Number(first);
  const end = Math.min(bytes - 1, last ? Number(last) : bytes - 1);
  if (first !== undefined && (start >= bytes || start > end)) {
    response.writeHead(416, { 'content-range': `bytes */${bytes}` }).end();
    return;
  }
  response.setHeader('content-length', Math.max(0, end - start + 1));
  if (first !== undefined)
    response.writeHead(206, { 'content-range': `bytes ${start}-${end}/${bytes}` });
  if (request.method === 'HEAD' || bytes === 0) response.end();
  else
    createReadStream(path, { start, end })
      .on('error', () => response.destroy())
      .pipe(response);
}

function fileAt(folder: string, wanted: string | null): { path: string; bytes: number } | null {
  if (wanted === null) return null;
  const path = normalize(join(folder, wanted.endsWith('/') ? `${wanted}index.html` : wanted));
  if (!path.startsWith(normalize(folder) + sep)) return null;
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? { path, bytes: found.size } : null;
}

/** The decoded path of an address; null if it is malformed. */
function pathOf(address: string): string | null {
  try {
    const path = decodeURIComponent(address.split(/[?#]/, 1)[0]);
    return path.includes('\0') ? null : path;
  } catch {
    return null;
  }
}
