import { elapsedTime } from '@polysem/numerics/clock';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { labFolder } from '@polysem/lab/folder';
import { version } from '@polysem/core/version';
import { writeFileAtomic } from '@polysem/io/node';
import {
  type Claim,
  fullReproduction,
  paperSections,
  quickReproduction,
  removeReproductionJournals,
  type ReproductionSize,
} from '@polysem/runs/reproduce';
import { TARGETS, type ReproduceFlags } from '../commands/reproduce.ts';
import { UsageError } from '../errors.ts';
import { checkFolder, makeFolder, note, print } from '../output.ts';
import { jsonBytes, table, toJson } from '@polysem/reports/text';
import { parseChoice, parseInteger } from '../parse.ts';
import { showProgress } from '../progress.ts';
import {
  bySection,
  equationsPart,
  expectedText,
  figure2Part,
  figure4Part,
  figure7Part,
  figuresOf,
  geometryPart,
  kurtosisPart,
  measuredText,
  networkPart,
  type ReportPart,
  reproductionPage,
} from '@polysem/reports/reproduction';

type Target = (typeof TARGETS)[number];

/** Runs `polysem reproduce`. */
export async function reproduce(what: string, flags: ReproduceFlags): Promise<void> {
  const target = parseChoice(what, 'reproduce', TARGETS);
  const seed = parseInteger(flags.seed, '--seed', 0);
  const folder = resolve(flags.out);
  checkFolder('--out', flags.out);
  const size = parseSize(target, flags);
  makeFolder('--out', flags.out);
  const clock = elapsedTime(() => performance.now());

  const parts = await computeParts(target, size, seed, folder);
  const claims = Object.values(parts).flatMap((part) => part.claims);
  await writeReport(folder, parts, claims, { command: 'reproduce', target, seed, size });
  removeReproductionJournals(folder);
  const failed = claims.filter(({ pass }) => !pass);
  const seconds = (clock() / 1000).toFixed(0);
  if (flags.json === true)
    print(toJson({ report: join(folder, 'report.html'), seed, version, claims }));
  else
    print(
      `${claimsText(claims)}\n\n${claims.length - failed.length} of ${claims.length} claims hold, in ${seconds} s`,
    );
  note(`report: ${join(folder, 'report.html')}`);
  if (failed.length > 0)
    throw new Error(
      `${failed.length} of ${claims.length} claims do not hold; see ${join(folder, 'claims.json')}`,
    );
}

/** The size that the flags ask for. A part that is computed alone has its full size. */
function parseSize(target: Target, { full, cells, seeds }: ReproduceFlags): ReproductionSize {
  if (full === true && target !== 'all')
    throw new UsageError(`--full: ${target} alone is always computed in full; leave it out`);
  const only = (flag: string, value: string | undefined, targets: readonly Target[]): void => {
    if (value !== undefined && !targets.includes(target))
      throw new UsageError(`${flag}: only for ${targets.join(', ')}; leave it out`);
  };
  only('--cells', cells, ['figure4', 'figure7', 'all']);
  only('--seeds', seeds, ['geometry', 'all']);
  const size = target === 'all' && full !== true ? quickReproduction : fullReproduction;
  const count = cells === undefined ? null : parseInteger(cells, '--cells', 3, 1000);
  const starts = seeds === undefined ? null : parseInteger(seeds, '--seeds', 1, 10_000);
  return {
    ...size,
    ...(count !== null && {
      figure4Cells: count,
      figure7Cells: count,
      crossingColumns: Math.min(size.crossingColumns, count),
    }),
    ...(starts !== null && { draws: 5 * starts, geometry: { seeds: starts, draws: 5 * starts } }),
  };
}

/** Computes the parts of a target, in the order of the report. */
async function computeParts(
  target: Target,
  size: ReproductionSize,
  seed: number,
  folder: string,
): Promise<Record<string, ReportPart>> {
  const progress = showProgress();
  const journals = { folder, onNote: note };
  const isPart = (...names: Target[]): boolean => target === 'all' || names.includes(target);
  const parts: Record<string, ReportPart> = {};
  if (isPart('equations')) parts.equations = equationsPart(size.draws, seed);
  if (isPart('figure2')) parts.figure2 = figure2Part();
  if (isPart('figure4'))
    parts.figure4 = await figure4Part(size.figure4Cells, seed, progress.update, journals);
  if (isPart()) parts.networks = networkPart(seed);
  if (isPart('figure7')) {
    const { figure7Cells: cells, crossingColumns: tableColumns, isWhole } = size;
    const panels = { cells, tableColumns, isCoarse: !isWhole };
    parts.figure7 = await figure7Part(panels, seed, progress.update, journals);
  }
  if (size.isWhole && isPart('figure7', 'kurtosis'))
    parts.kurtosis = await kurtosisPart(seed, progress.update, journals);
  if (isPart('geometry')) parts.geometry = geometryPart(size.geometry, seed, progress.update);
  progress.end();
  return parts;
}

/** Name of the lab beside the report. */
const LAB = 'lab.html';

/** Writes the lab, one file, beside the report; null, with a note, if it cannot be built. */
async function writeLab(folder: string): Promise<string | null> {
  try {
    await copyFile(join(await labFolder(), LAB), join(folder, LAB));
    return LAB;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    note(`the report has no links to the lab: ${reason}`);
    return null;
  }
}

async function writeReport(
  folder: string,
  named: Readonly<Record<string, ReportPart>>,
  claims: readonly Claim[],
  configuration: Readonly<Record<string, unknown>> & { readonly seed: number },
): Promise<void> {
  const parts = Object.values(named);
  const numbers = Object.entries(named).map(([name, part]) => [name, part.results] as const);
  const results = { version, configuration, ...Object.fromEntries(numbers) };
  const figures = figuresOf(parts);
  const isInLab = figures.some(({ lab: links = [] }) => links.length > 0);
  const lab = isInLab ? await writeLab(folder) : null;
  const page = reproductionPage({ parts, seed: configuration.seed, configuration, lab });
  await writeFileAtomic(join(folder, 'report.html'), page);
  await Promise.all(
    figures.map(({ name, svg }) => writeFileAtomic(join(folder, `${name}.svg`), svg)),
  );
  await writeFileAtomic(join(folder, 'results.json'), jsonBytes(results, 1));
  await writeFileAtomic(join(folder, 'claims.json'), toJson(claims, 2));
}

/** One table per section of the paper, with the claim in the last column. */
function claimsText(claims: readonly Claim[]): string {
  const header = ['', 'measured', 'expected', 'claim'];
  return bySection(claims, Object.values(paperSections))
    .map(({ section, claims: own }) => {
      const rows = own.map((one) => [
        one.pass ? 'ok' : 'FAIL',
        plain(measuredText(one)),
        plain(expectedText(one)),
        one.claim,
      ]);
      return `${section}\n${table([header, ...rows], header)}`;
    })
    .join('\n\n');
}

/** Terminals get the hyphen as minus sign, so that numbers can be copied into a program. */
function plain(text: string): string {
  return text.replaceAll('\u2212', '-');
}
