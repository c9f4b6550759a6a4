import { notesPath, type OutputFile } from '@polysem/runs';
import { openResults, sweepTableFiles } from '@polysem/runs/sweep/results';
import { readSteadily } from '@polysem/runs/sweep/status';
import type { ExportFlags } from '../../commands/sweep/export.ts';
import { UsageError } from '../../errors.ts';
import { checkTargets, saveTable } from '../../output.ts';

/** Runs `polysem sweep export`. */
export async function exportSweepCommand(folder: string, flags: ExportFlags): Promise<void> {
  const { csv, parquet } = flags;
  if (csv === undefined && parquet === undefined)
    throw new UsageError('sweep export: give --csv FILE or --parquet FILE');
  checkTargets({
    '--csv': [csv, '.csv'],
    '--parquet': [parquet, '.parquet'],
    'the notes of --csv': notesPath(csv),
  });
  for (const path of [csv, parquet]) {
    if (path === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop -- one table is in memory at a time
    await saveTable(tableOf(folder, path));
  }
}

/** The files of a table; all rows are read at once, so that a running process cannot move them meanwhile. */
function tableOf(folder: string, path: string): OutputFile[] {
  return readSteadily(() =>
    sweepTableFiles(openResults(folder), path).map((file) => {
      const { content } = file;
      return { path: file.path, content: typeof content === 'string' ? content : [...content] };
    }),
  );
}
