import { statusJson, statusText } from '@polysem/reports/sweep/status';
import { readSteadily, sweepStatus } from '@polysem/runs/sweep/status';
import type { StatusFlags } from '../../commands/sweep/status.ts';
import { EndWithCode } from '../../errors.ts';
import { print, printJson } from '../../output.ts';

/** Runs `polysem sweep status`. */
export async function sweepStatusCommand(folder: string, flags: StatusFlags): Promise<void> {
  const status = readSteadily(() => sweepStatus(folder));
  // Without --check, status loads no code that computes cells, and answers at once.
  const check = flags.check === true ? (await import('./check.ts')).checkSweep(folder) : null;
  if (flags.json === true) await printJson(statusJson(status, check));
  else print(statusText(status, check));
  if (check !== null && check.problems.length > 0) {
    throw new EndWithCode(
      `${folder}: files have changed since they were written; remove those listed, then give polysem sweep run again`,
      1,
    );
  }
}
