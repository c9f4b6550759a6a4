// npm run package-check [-- --nodes 20,24,26]: checks the package in dist/npm as its users get it: publint, types, and an
// installation in an empty project, in which the command, the library and a page are tried with each Node. Last come times.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatMessage } from 'publint/utils';
import { publint } from 'publint';
import { nodeOf } from './package/nodes.mjs';
import { packageFolder, root } from './package/places.mjs';
import { installedProject, output } from './package/project.mjs';
import { startTimes } from './package/start-times.mjs';
import { tryCommand } from './package/try-command.mjs';
import { tryPage } from './package/try-page.mjs';
import { tryPaths } from './package/try-paths.mjs';
import { tryTypes } from './package/try-types.mjs';
import { runTool } from './release/tools.mjs';

const { values } = parseArgs({ options: { nodes: { type: 'string', default: '20,24,26' } } });
const folder = mkdtempSync(join(tmpdir(), 'polysem-package-'));

const { messages, pkg } = await publint({ pkgDir: packageFolder, strict: true });
if (messages.length > 0) throw new Error(messages.map((m) => formatMessage(m, pkg)).join('\n'));
console.log('publint: right');

const project = installedProject(packageFolder, join(folder, 'project'));
// The package has modules only, so CommonJS programs load it with import().
if (runTool('attw', [project.tarball, '--profile', 'esm-only', '--format', 'ascii'], root) !== 0)
  throw new Error('arethetypeswrong finds faults');
console.log(`types: right (${tryTypes(project).join(', ')})`);
console.log((await tryPage(project)) ? 'page: right' : 'page: not tried, no browser is found');
for (const major of values.nodes.split(',')) {
  const node = nodeOf(major);
  const version = output(node, ['--version'], folder).trim();
  const paths = tryPaths(project, node);
  // oxlint-disable-next-line no-await-in-loop
  const commands = await tryCommand(project, node);
  console.log(`${version}: right (${paths} paths, ${commands.join(', ')})`);
  const times = Object.entries(startTimes(project.folder, node));
  console.log(
    times.map(([name, ms]) => `  ${name.padEnd(16)} ${String(ms).padStart(4)} ms`).join('\n'),
  );
}
rmSync(folder, { recursive: true });
