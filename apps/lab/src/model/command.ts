import { shellWord } from '@polysem/reports/text';
import { flagsOf, type Choice } from './choices.ts';
import { ownName } from './examples.ts';
import type { ModelLabels, ModelList, ModelMatrix } from './messages.ts';

/** The command that gives the numbers of the page. */
export function commandOf(
  { name }: Pick<ModelList, 'name'>,
  matrix: ModelMatrix,
  labels: ModelLabels | null,
  choices: readonly Choice[],
): string {
  if (matrix.command !== undefined) return matrix.command;
  const file = labels?.file ?? null;
  return [
    `npx polysem measure ${shellWord(name)} ${matrix.flags}`,
    ...flagsOf(choices),
    // A file of the server of this page is named as on the disk.
    ...(file === null ? [] : [`--labels ${shellWord(ownName(file) ?? file)}`]),
    '--baseline gaussian,spectrum',
  ].join(' ');
}
