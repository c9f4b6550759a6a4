import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const packages = new URL('../../', import.meta.url);
const libraries = new URL('../../../node_modules/', import.meta.url);

/** Addresses of the libraries that readers of files import. */
const imports = {
  fflate: '/lib/fflate/esm/browser.js',
  hyparquet: '/lib/hyparquet/src/index.js',
  'hyparquet/': '/lib/hyparquet/',
  'hyparquet-writer': '/lib/hyparquet-writer/src/index.js',
  '@bufbuild/protobuf/wire': '/lib/@bufbuild/protobuf/dist/esm/wire/index.js',
};
const PAGE = `<!doctype html><title>threads</title><script type="importmap">${JSON.stringify({ imports })}</script>`;

/** Serves a page and the compiled packages on localhost, with cross-origin isolation or without. */
export async function serveSite(isIsolated: boolean): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const isModule = /\.m?js$/.test(path);
    response.setHeader('content-type', isModule ? 'text/javascript' : 'text/html');
    // Each worker loads all modules, which do not change meanwhile.
    response.setHeader('cache-control', 'max-age=3600');
    if (isIsolated) {
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
    }
    try {
      response.end(isModule ? scriptAt(path) : PAGE);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const scripts = new Map<string, string>();

/** The script at an address, prepared once. */
function scriptAt(path: string): string {
  const code = scripts.get(path) ?? script(path);
  scripts.set(path, code);
  return code;
}

/** The script at an address: `/core/..` and other compiled packages, `/lib/..` for libraries, `/jobs.js` for `jobs.ts`. */
function script(path: string): string {
  if (path.startsWith('/lib/')) {
    return readFileSync(fileURLToPath(new URL(path.slice('/lib/'.length), libraries)), 'utf8');
  }
  const code =
    path === '/jobs.js'
      ? ts.transpile(readFileSync(new URL('jobs.ts', import.meta.url), 'utf8'), {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
        })
      : readFileSync(
          fileURLToPath(new URL(path.replace(/^\/(\w+)\//, '$1/dist/'), packages)),
          'utf8',
        );
  // Workers do not know the page's import map.
  return code
    .replaceAll(/'@polysem\/(\w+)'/g, `'/$1/index.js'`)
    .replaceAll(/'@polysem\/(\w+)\/(\w+)'/g, `'/$1/$2/index.js'`);
}
