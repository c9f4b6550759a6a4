// Imports every path of the installed package in Node.
import process from 'node:process';
import { entries } from './places.mjs';
import { output } from './project.mjs';

/**
 * Imports every path but the workers of browsers, which only these can load.
 *
 * @param {{ folder: string }} project the project with the installed package.
 * @param {string} node the Node to run.
 * @returns {number} number of paths.
 */
export function tryPaths({ folder }, node = process.execPath) {
  const paths = entries()
    .names.filter((name) => !/browser-.*worker$/.test(name))
    .map((name) => (name === 'index' ? 'polysem' : `polysem/${name}`));
  const program = `
    const count = (names) => { if (Object.keys(names).length === 0) throw new Error('a path exports nothing'); };
    ${paths.map((path) => `await import('${path}').then(count);`).join('\n')}
    const { default: schema } = await import('polysem/sweep.schema.json', { with: { type: 'json' } });
    console.log(schema.title);`;
  const title = output(node, ['--no-warnings', '--input-type=module', '--eval', program], folder);
  if (title.trim() !== 'Sweep of polysem')
    throw new Error('polysem/sweep.schema.json is another file');
  return paths.length;
}
