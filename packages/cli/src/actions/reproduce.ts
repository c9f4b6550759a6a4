import { elapsedTime } from '@polysem/numerics/clock';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { labFolder } from '@polysem/lab/folder';
import { version } from '@polysem/core/version';
import { reportPage } from '@polysem/reports/page';
import { writeFileAtomic } from '@polysem/io/node';
import {
  fullGeometry,
  quickGeometry,
  type Claim,
  removeReproductionJournals,
} from '@polysem/runs/reproduce';
import { CELLS, TARGETS, type ReproduceFlags } from '../commands/reproduce.ts';
import { UsageError } from '../errors.ts';
import { checkFolder, makeFolder, note, print } from '../output.ts';
import { jsonBytes, number, table, toJson } from '@polysem/reports/text';
import { parseChoice, parseInteger } from '../parse.ts';
import { showProgress } from '../progress.ts';
import {
  figure2Part,
  figure4Part,
  figure7Part,
  geometryPart,
  kurtosisPart,
  networkPart,
  type ReportPart,
} from '@polysem/reports/reproduction';

/** Runs `polysem reproduce`. */
export async function reproduce(what: string, flags: ReproduceFlags): Promise<void> {
  const target = parseChoice(what, 'reproduce', TARGETS);
  const seed = parseInteger(flags.seed, '--seed', 0);
  const folder = resolve(flags.out);
  checkFolder('--out', flags.out);
  if (flags.cells !== undefined && target !== 'figure7')
    throw new UsageError('--cells: only figure7 has cells; leave it out');
  const cells = flags.cells === undefined ? CELLS : parseInteger(flags.cells, '--cells', 3, 1000);
  makeFolder('--out', flags.out);
  const clock = elapsedTime(() => performance.now());
  const journals = { folder, onNote: note };

  const progress = showProgress();
  const parts: Record<string, ReportPart> = {};
  if (target === 'figure2' || target === 'all') parts.figure2 = figure2Part();
  if (target === 'figure4' || target === 'all')
    parts.figure4 = await figure4Part(seed, progress.update, journals);
  if (target === 'all') parts.networks = networkPart(seed);
  if (target === 'geometry' || target === 'all') {
    const size = target === 'all' ? quickGeometry : fullGeometry;
    parts.geometry = geometryPart(size, seed, progress.update);
  }
  if (target === 'figure7') {
    parts.figure7 = await figure7Part(cells, seed, progress.update, journals);
  }
  if (target === 'figure7' || target === 'kurtosis')
    parts.kurtosis = await kurtosisPart(seed, progress.update, journals);
  progress.end();

  const claims = Object.values(parts).flatMap((part) => part.claims);
  await writeReport(folder, parts, claims, seed, target);
  removeReproductionJournals(folder);
  const failed = claims.filter((claim) => !claim.pass).length;
  const seconds = (clock() / 1000).toFixed(0);
  if (flags.json === true)
    print(toJson({ report: join(folder, 'report.html'), seed, version, claims }));
  else
    print(
      `${claimsTable(claims)}\n\n${claims.length - failed} of ${claims.length} claims hold, in ${seconds} s`,
    );
  note(`report: ${join(folder, 'report.html')}`);
  if (failed > 0)
    throw new Error(
      `${failed} of ${claims.length} claims do not hold; see ${join(folder, 'claims.json')}`,
    );
}

/** Name of the lab beside the report. */
const LAB = 'lab.html';
const LAB_WORDS =
  'Links "Open in the lab" open the same diagram or the same network in lab.html beside this page, where it is computed while you watch and can be changed. The lab trains networks by Adam from its own initial weights: vectors may be rotated, and where there are several optima, it may find another one.';

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
  parts: Readonly<Record<string, ReportPart>>,
  claims: readonly Claim[],
  seed: number,
  target: string,
): Promise<void> {
  const configuration = { command: 'reproduce', target, seed };
  const numbers = Object.entries(parts).map(([name, part]) => [name, part.results] as const);
  const results = { version, configuration, ...Object.fromEntries(numbers) };
  const figures = Object.values(parts).flatMap((part) => part.section.figures ?? []);
  const isInLab = figures.some(({ lab: links = [] }) => links.length > 0);
  const lab = isInLab ? await writeLab(folder) : null;
  const page = reportPage({
    title: 'Polysemanticity and capacity: the theory against training',
    intro: [
      'How do networks share their limited dimensions among features? This report recomputes figures of Scherlis, Sachan, Jermyn, Benton and Shlegeris, Polysemanticity and Capacity in Neural Networks (arXiv:2210.01892v4), and compares the theory with networks trained from random weights.',
      'Every number was computed by the run that wrote this page. Each figure contains its configuration and seed and can be saved from the link below it.',
      ...(lab === null ? [] : [LAB_WORDS]),
    ],
    sections: Object.values(parts).map((part) => part.section),
    claims: claims.slice(),
    provenance: { polysem: version, seed, configuration },
    ...(lab !== null && { lab }),
  });
  await writeFileAtomic(join(folder, 'report.html'), page);
  await Promise.all(
    figures.map(({ name, svg }) => writeFileAtomic(join(folder, `${name}.svg`), svg)),
  );
  await writeFileAtomic(join(folder, 'results.json'), jsonBytes(results, 1));
  await writeFileAtomic(join(folder, 'claims.json'), toJson(claims, 2));
}

function claimsTable(claims: readonly Claim[]): string {
  const rows = claims.map(({ pass, claim, expected, measured, tolerance }) => [
    `${pass ? 'ok  ' : 'FAIL'} ${claim}`,
    number(expected, 6),
    number(measured, 6),
    number(tolerance, 3),
  ]);
  return table([['claim', 'expected', 'measured', 'tolerance'], ...rows]);
}
