import { meansJson, meansText, sweepPage } from '@polysem/reports/sweep';
import { openResults } from '@polysem/runs/sweep/results';
import { readSteadily, sweepStatus } from '@polysem/runs/sweep/status';
import type { ShowFlags } from '../../commands/sweep/show.ts';
import { checkTargets, print, printJson, save } from '../../output.ts';

/** Runs `polysem sweep show`. */
export async function showSweepCommand(folder: string, flags: ShowFlags): Promise<void> {
  checkTargets({ '--out': [flags.out, '.html'] });
  const { page, shown } = readSteadily(() => {
    const results = openResults(folder);
    return {
      page: flags.out === undefined ? null : sweepPage(results, sweepStatus(folder)),
      shown: flags.json === true ? meansJson(results) : meansText(results),
    };
  });
  if (flags.out !== undefined && page !== null) await save(flags.out, page);
  if (typeof shown === 'string') print(shown);
  else await printJson(shown);
}
