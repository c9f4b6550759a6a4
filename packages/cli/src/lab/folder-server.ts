import { createReadStream, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
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

/** Serves the files of a folder, and nothing outside it. Only reads are answered. */
export function folderServer(folder: string): Server {
  return createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const file = fileAt(folder, request.url ?? '/');
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

function fileAt(folder: string, address: string): { path: string; bytes: number } | null {
  const wanted = pathOf(address);
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
