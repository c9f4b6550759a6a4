// Bundles the declarations of the package polysem, with the docstrings.
import { join } from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { entries, root } from './places.mjs';

/**
 * Writes the declarations of the package.
 *
 * @param {string} folder where to.
 */
export async function bundleTypes(folder) {
  const build = await rollup({
    input: Object.fromEntries(
      entries().names.map((name) => [name, join(root, 'packages/polysem/dist', `${name}.d.ts`)]),
    ),
    external: (name) => name.startsWith('node:'),
    plugins: [
      dts({ respectExternal: true, tsconfig: join(root, 'packages/polysem/tsconfig.json') }),
    ],
    onLog: (level, log) => {
      // Workers export nothing.
      if (level === 'warn' && log.code !== 'EMPTY_BUNDLE') throw new Error(log.message);
    },
  });
  await build.write({
    dir: folder,
    entryFileNames: '[name].d.ts',
    chunkFileNames: 'shared/[name]-[hash].d.ts',
  });
  await build.close();
}
