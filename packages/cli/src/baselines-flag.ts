import { BASELINES, type BaselineName } from '@polysem/runs/measure';
import { UsageError } from './errors.ts';

/** The baselines that a flag names, separated by commas. @throws UsageError for another word. */
export function parseBaselines(text: string): BaselineName[] {
  return [...new Set(text.split(','))].map((word) => {
    const found = BASELINES.find((name) => name === word);
    if (found !== undefined) return found;
    throw new UsageError(
      `--baseline: expected some of ${BASELINES.join(', ')}, separated by commas, got ${JSON.stringify(text)}`,
    );
  });
}
