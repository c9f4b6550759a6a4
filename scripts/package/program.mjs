// node scripts/package/program.mjs: builds the command in .cache/program, for tests.
import { join } from 'node:path';
import { buildProgram } from './build.mjs';
import { root } from './places.mjs';

await buildProgram(join(root, '.cache', 'program'));
