import { availableParallelism } from 'node:os';
import { describePlan, openSweep, type PlanDescription, type SweepPlan } from '@polysem/runs/sweep';
import { counted } from '@polysem/reports/text';
import type { PlanFlags } from '../../commands/sweep/plan.ts';
import { KERNELS } from '../../kernel-names.ts';
import { print, printJson } from '../../output.ts';
import { parseChoice, parseThreads } from '../../parse.ts';
import { duration } from '../../progress.ts';

/** Runs `polysem sweep plan`. */
export async function planSweepCommand(spec: string, flags: PlanFlags): Promise<void> {
  const threads = parseThreads(flags.threads) ?? availableParallelism();
  const kernel = flags.kernel === undefined ? {} : { kernel: kernelOf(flags.kernel) };
  const plan = openSweep(spec, kernel);
  const description = describePlan(plan);
  const seconds = onThreads(description, threads);
  if (flags.json !== true) return print(describe(plan, description, { threads, seconds }));
  const { name, axisColumns, resultColumns, identity } = plan;
  await printJson({
    name,
    ...description,
    threads,
    secondsOnThreads: seconds,
    kernel: plan.kernel,
    identity,
    columns: [...axisColumns, ...resultColumns],
    first: cellJson(plan, 0),
    last: cellJson(plan, plan.size - 1),
    spec: plan.spec,
  });
}

function kernelOf(text: string): (typeof KERNELS)[number] {
  return parseChoice(text, '--kernel', KERNELS);
}

/** Rough seconds on some threads: no cell takes more than one. */
function onThreads({ seconds, longest, cells }: PlanDescription, threads: number): number {
  return Math.max(longest, seconds / Math.min(threads, cells));
}

function cellJson(plan: SweepPlan, index: number): object {
  const { id, spec } = plan.cell(index);
  return { index, id, ...plan.axisValues(index), spec };
}

function describe(
  plan: SweepPlan,
  { cells, axes, seconds: alone, bytes, duplicates, compared }: PlanDescription,
  { threads, seconds }: { readonly threads: number; readonly seconds: number },
): string {
  const sizes = axes.map(({ columns, count }) => `${columns.join(' and ')} ${count}`);
  const [first, last] = [0, cells - 1].map((index) => describeCell(plan, index));
  return [
    `${plan.name}: ${counted(cells, 'cell')} of ${String(plan.spec.compute)}`,
    `axes     ${sizes.join(' x ')}`,
    `kernel   ${plan.kernel}`,
    `time     roughly ${duration(1000 * alone)} on one thread, ${duration(1000 * seconds)} on ${threads}`,
    `disk     roughly ${size(bytes)}`,
    `columns  ${plan.resultColumns.map(({ name }) => name).join(', ')}`,
    `first    ${first}`,
    ...(cells > 1 ? [`last     ${last}`] : []),
    ...describeDuplicates(duplicates, compared, cells),
  ].join('\n');
}

function describeCell(plan: SweepPlan, index: number): string {
  const values = Object.entries(plan.axisValues(index)).map(([name, value]) => `${name} ${value}`);
  return `${plan.cell(index).id.slice(0, 12)}  ${values.join(', ')}`;
}

function describeDuplicates(
  duplicates: PlanDescription['duplicates'],
  compared: number,
  cells: number,
): string[] {
  if (duplicates.length === 0) return [];
  const [{ index, of }] = duplicates;
  const among = compared < cells ? ` among the first ${compared}` : '';
  return [
    `repeats  ${counted(duplicates.length, 'cell')}${among} equal to an earlier one, such as ${index} to ${of}; each is computed once`,
  ];
}

/** Bytes with a unit. */
function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const place = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** place).toPrecision(2))} ${units[place]}`;
}
