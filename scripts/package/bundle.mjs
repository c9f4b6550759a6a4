// Bundles the JavaScript of the package polysem: its front doors, the files that workers and processes start with, and the
// code that they share.
import { dirname, join, relative } from 'node:path';
import { rolldown } from 'rolldown';
import { esmExternalRequirePlugin } from 'rolldown/plugins';
import { entries, root } from './places.mjs';

/** Files that code starts or serves by their address, as the sources write it, and where they lie in the package. */
const ADDRESSES = {
  '../dist/node-worker.js': 'program-thread.js',
  '../../../dist/sweep/pool/cell-process.js': 'program-cells.js',
  './browser-worker.js': 'threads/browser-worker.js',
};

/** Files that other programs start, by their names in the package. */
const PROGRAMS = {
  'program-thread': 'packages/threads/dist/node-worker.js',
  'program-cells': 'packages/runs/dist/sweep/pool/cell-process.js',
};

/** Module that tells where the lab lies; in the package it is always built. */
const LAB = `
import { fileURLToPath } from 'node:url';
export const labFolder = async () => fileURLToPath(new URL('./lab', import.meta.url));`;

/**
 * Writes the JavaScript of the package.
 *
 * @param {string} folder where to.
 * @returns {Promise<string[]>} the bundled source files.
 */
export async function bundle(folder) {
  const { optional } = entries();
  const addresses = addressPlugin();
  const build = await rolldown({
    cwd: root,
    input: {
      ...Object.fromEntries(
        entries().names.map((name) => [name, join(root, 'packages/polysem/dist', `${name}.js`)]),
      ),
      ...Object.fromEntries(
        Object.entries(PROGRAMS).map(([name, path]) => [name, join(root, path)]),
      ),
    },
    platform: 'neutral',
    external: optional,
    resolve: { mainFields: ['module', 'main'], conditionNames: ['browser', 'import', 'default'] },
    // Older libraries call `require`, which a module does not have.
    plugins: [addresses.plugin, esmExternalRequirePlugin({ external: [/^node:/] })],
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message);
    },
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'shared/[name]-[hash].js',
    comments: { legal: false, annotation: false, jsdoc: false },
    minify: false,
  });
  await build.close();
  addresses.check();
  return [...new Set(output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : [])))];
}

/** Replaces addresses of files that move. */
function addressPlugin() {
  const found = new Set();
  const mark = 'polysem-file:';
  const plugin = {
    name: 'addresses',
    resolveId: (id) => (id === '@polysem/lab/folder' ? '\0lab' : null),
    load: (id) => (id === '\0lab' ? LAB.replace('./lab', `${mark}lab`) : null),
    transform: (code, id) => {
      if (!code.includes('new URL(')) return null;
      return code.replaceAll(/new URL\('([^']+)', import\.meta\.url\)/g, (all, address) => {
        if (address.startsWith(mark)) return all;
        const place = ADDRESSES[address];
        if (place === undefined) throw new Error(`${id}: no place in the package for ${address}`);
        found.add(address);
        return `new URL('${mark}${place}', import.meta.url)`;
      });
    },
    renderChunk: (code, chunk) =>
      code.replaceAll(new RegExp(`${mark}([\\w./-]+)`, 'g'), (_, place) => {
        const path = relative(dirname(chunk.fileName), place).replaceAll('\\', '/');
        return path.startsWith('.') ? path : `./${path}`;
      }),
  };
  const check = () => {
    const missing = Object.keys(ADDRESSES).filter((address) => !found.has(address));
    if (missing.length > 0) throw new Error(`no source starts ${missing.join(', ')} any more`);
  };
  return { plugin, check };
}
