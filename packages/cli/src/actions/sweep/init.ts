import { readFileSync, writeFileSync } from 'node:fs';
import { suggestion } from '@polysem/runs/nearest-names';
import { recipes, sweepJsonSchema } from '@polysem/runs/sweep';
import type { InitFlags } from '../../commands/sweep/init.ts';
import { UsageError } from '../../errors.ts';
import { note, print } from '../../output.ts';

/** File of the JSON Schema beside a document. */
const SCHEMA = 'sweep.schema.json';

/** Runs `polysem sweep init`. */
export function initSweep(name: string, flags: InitFlags): void {
  if (flags.list === true) {
    const width = Math.max(...recipes.map((recipe) => recipe.name.length));
    print(recipes.map((one) => `${one.name.padEnd(width)}  ${one.description}`).join('\n'));
    return;
  }
  const names = recipes.map((recipe) => recipe.name);
  const recipe = recipes.find((each) => each.name === name);
  if (recipe === undefined)
    throw new UsageError(
      `recipe: expected one of ${names.join(', ')}, got ${JSON.stringify(name)}${suggestion(name, names)}`,
    );
  const file = `${name}.yaml`;
  const isNew = writeNew(
    file,
    `# yaml-language-server: $schema=./${SCHEMA}\n#\n# polysem sweep plan ${file}   counts the cells and estimates time and disk\n# polysem sweep run ${file}    computes them; give the command again to go on\n#\n${recipe.text}`,
  );
  if (!isNew) throw new UsageError(`${file}: exists already; remove it or rename it first`);
  const schema = `${JSON.stringify(sweepJsonSchema(), null, 2)}\n`;
  const isWritten = writeNew(SCHEMA, schema);
  if (!isWritten && readFileSync(SCHEMA, 'utf8') !== schema)
    note(
      `${SCHEMA}: is kept, but differs from the schema of this version; remove it for a new one`,
    );
  print(`${file}${isWritten ? `, ${SCHEMA}` : ''}`);
}

/** Writes a file, unless there is one of that name. */
function writeNew(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
