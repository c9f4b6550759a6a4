import { version } from '@polysem/core/version';
import { resolveInputs } from '@polysem/core/features';
import { predictStep, type MethodCost } from '@polysem/engine/kernels';
import type { CompressionModel } from '@polysem/engine/models';
import { number, table } from '@polysem/reports/text';
import { UsageError } from '../errors.ts';
import { print, printJson } from '../output.ts';
import { parseInteger, parseList, parseNumber } from '../parse.ts';

/** Flags of `polysem bench training --explain`. */
export interface ExplainFlags {
  readonly work?: string;
  readonly densities?: string;
  readonly batch?: string;
  readonly json?: boolean;
}

const WORK = '5-2,20-5,80-20,200-20,400-30,1000-100';
const DENSITIES = '1,0.3,0.1,0.03,0.01,0.003';
const BATCH = 1024;
/** Largest size. */
const MOST = 1_000_000;

/** Predicted time of a training step at one point. */
interface ExplainedStep {
  readonly work: string;
  readonly features: number;
  readonly dims: number;
  readonly batch: number;
  readonly density: number;
  readonly method: string;
  readonly costs: readonly MethodCost[];
}

/** Prints how the method of a training step is chosen: predicted times of all methods, and the largest parts of the chosen one. */
export async function explainTraining(flags: ExplainFlags): Promise<void> {
  const batch = flags.batch === undefined ? BATCH : parseInteger(flags.batch, '--batch', 1, MOST);
  const densities = await parseList(flags.densities ?? DENSITIES, '--densities');
  for (const density of densities) checkDensity(density, '--densities');
  const rows = (flags.work ?? WORK).split(',').flatMap((text) => {
    const { own, ...sizes } = parseWork(text);
    return (own ?? densities).map((density) => explained({ ...sizes, batch, density }));
  });
  if (flags.json === true) await printJson({ version, rows });
  else print(describe(rows));
}

function checkDensity(density: number, flag: string): void {
  if (!(density > 0 && density <= 1))
    throw new UsageError(`${flag}: must lie in (0, 1], got ${density}; it is P(active)`);
}

/** Sizes of a model, and its density if the text has one. */
interface ParsedWork {
  readonly work: string;
  readonly features: number;
  readonly dims: number;
  readonly own: readonly number[] | null;
}

/** Parses `N-D`, `N-Dxinstances` or `N-Dxinstances@density`; the number of instances makes no difference to a step of one. */
function parseWork(text: string): ParsedWork {
  const found = /^(\d+)-(\d+)(?:x\d+)?(?:@(.+))?$/.exec(text.trim());
  if (found === null)
    throw new UsageError(
      `--work: expected sizes as N-D, such as 80-20, got ${JSON.stringify(text)}`,
    );
  const features = parseInteger(found[1], '--work', 1, MOST);
  const dims = parseInteger(found[2], '--work', 1, features);
  const own = found[3] === undefined ? null : [parseNumber(found[3], '--work')];
  own?.forEach((density) => checkDensity(density, '--work'));
  return { work: `${features}-${dims}`, features, dims, own };
}

/** A model of the benchmark: tied compression with ReLU. */
function explained(
  point: Pick<ExplainedStep, 'work' | 'features' | 'dims' | 'batch' | 'density'>,
): ExplainedStep {
  const { features, dims, batch, density } = point;
  const importance = Array.from({ length: features }, () => 1);
  const model: CompressionModel = {
    task: 'compression',
    activation: 'relu',
    features,
    dims,
    importance,
  };
  const marginal = { shape: 'uniform-positive', density, unitVariance: false } as const;
  const step = predictStep({ model, inputs: resolveInputs(marginal, features), batch });
  if (step === null) throw new Error('uniform inputs need no TypeScript');
  return { ...point, ...step };
}

const METHODS = ['dense', 'compact', 'sparse', 'gram', 'large'] as const;

function describe(rows: readonly ExplainedStep[]): string {
  const lines = rows.map(({ work, batch, density, method, costs }) => [
    work,
    String(batch),
    number(density, 3),
    method,
    ...METHODS.map((name) => microseconds(costs.find((cost) => cost.method === name))),
    mainParts(costs.find((cost) => cost.method === method)),
  ]);
  return [
    'Predicted microseconds of a training step: tied compression with ReLU, one thread of an AMD EPYC (Zen 5), Node 24.',
    'The kernel takes the cheapest method, and `large` wherever it applies. On another machine the times differ, but not the choice.',
    '',
    table(
      [['N-D', 'batch', 'density', 'method', ...METHODS, 'largest parts'], ...lines],
      ['method', 'largest parts'],
    ),
  ].join('\n');
}

function microseconds(cost: MethodCost | undefined): string {
  return cost === undefined ? '-' : number(cost.nanoseconds / 1000, 3);
}

/** The largest parts of a cost, as percentages of it. */
function mainParts(cost: MethodCost | undefined): string {
  if (cost === undefined) return '';
  return cost.parts
    .slice(0, 3)
    .map(
      ({ work, nanoseconds }) => `${Math.round((100 * nanoseconds) / cost.nanoseconds)} % ${work}`,
    )
    .join(', ');
}
