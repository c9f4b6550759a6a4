import { fullGeometry, quickGeometry } from '@polysem/runs/reproduce/sizes';
import type { Command } from 'commander';

/** Flags of `polysem reproduce`. */
export interface ReproduceFlags {
  readonly out: string;
  readonly seed: string;
  readonly cells?: string;
  readonly json?: boolean;
}

/** Default number of cells along each axis of a panel of Figure 7. */
export const CELLS = 64;

/** Parts of the paper that can be recomputed. */
export const TARGETS = ['figure2', 'figure4', 'figure7', 'geometry', 'kurtosis', 'all'] as const;

/** `polysem reproduce`: recomputes the paper's figures and claims and writes one report. */
export function reproduceCommand(command: Command): void {
  command
    .argument(
      '[what]',
      `${TARGETS.join(', ')}. figure7 (includes kurtosis) takes minutes and kurtosis one minute; all leaves them out and runs geometry with ${quickGeometry.seeds} seeds instead of ${fullGeometry.seeds}`,
      'all',
    )
    .option('--out <folder>', 'folder of the report', 'polysem-report')
    .option('--seed <S>', 'seed of all randomness', '0')
    .option('--cells <n>', `figure7: cells along each axis of a panel (default: ${CELLS})`)
    .option('--json', 'print the claims as JSON');
}
