import { openResults } from '@polysem/runs/sweep/results';
import { sweepStatus, type SweepStatus } from '@polysem/runs/sweep/status';
import { describe, expect, it } from 'vitest';
import { meansJson, meansText, sweepPage } from '../src/sweep/index.ts';
import { statusText } from '../src/sweep/status/index.ts';
import { shownAxes } from '../src/sweep/axes.ts';
import { layoutOf } from '../src/sweep/layout.ts';
import { sweepOf, type At, type End } from './sweep-of.ts';

const TRAIN = {
  compute: 'train',
  parameters: { features: 60, dims: 2, importance: 1, density: 0.1 },
  measurements: ['loss', 'capacity'],
};

/** A training over axes. */
function training(axes: readonly { readonly parameter: string }[], seeds = 1): object {
  const fixed = Object.entries(TRAIN.parameters).filter(
    ([name]) => !axes.some(({ parameter }) => parameter === name),
  );
  return { ...TRAIN, parameters: Object.fromEntries(fixed), axes, seeds };
}

const density = { parameter: 'density', log: { from: 0.01, to: 1, count: 5 } };
const activation = { parameter: 'activation', values: ['quadratic', 'relu'] };
const dims = { parameter: 'dims', values: [1, 2, 3] };
const steps = { parameter: 'steps', values: [100, 200, 300, 400, 500, 600] };

const smooth = ({ density: p, seed }: At): End => {
  const loss = 10 * Number(p ?? 0.1) + Number(seed);
  return { loss: loss > 10 ? NaN : loss, capacity: [loss / 40, 0.5, 1] };
};

const figures = (page: string): string[] =>
  Array.from(page.matchAll(/<figcaption><p>(.*?)<\/p>/g), ([, caption]) => caption);

async function pageOf(document: object, endOf: (at: At) => End = smooth): Promise<string> {
  const folder = await sweepOf(document, endOf);
  return sweepPage(openResults(folder), sweepStatus(folder));
}

describe('the layout of the figures of a sweep', () => {
  const layout = async (...axes: { readonly parameter: string }[]) => {
    const folder = await sweepOf(training(axes), () => null);
    const found = layoutOf(shownAxes(openResults(folder)));
    return (
      found && [
        found.kind,
        found.x.name,
        (found.y ?? found.series)?.name,
        found.panels?.axis.name,
        found.held.map(({ name }) => name),
      ]
    );
  };

  it('draws lines over the longest numeric axis, and a map over two long ones', async () => {
    expect(await layout()).toBeNull();
    expect(await layout(activation)).toEqual(['lines', 'activation', undefined, undefined, []]);
    expect(await layout(activation, density)).toEqual([
      'lines',
      'density',
      'activation',
      undefined,
      [],
    ]);
    expect(await layout(dims, activation, density)).toEqual([
      'lines',
      'density',
      'dims',
      'activation',
      [],
    ]);
    expect(await layout(density, activation, steps, dims)).toEqual([
      'map',
      'steps',
      'density',
      'dims',
      ['activation'],
    ]);
  });

  it('finds logarithmic axes in the spec and in evenly spaced logarithms', async () => {
    const scales = async (values: readonly number[]): Promise<string[]> => {
      const axes = [density, { parameter: 'dims', values }, steps];
      const folder = await sweepOf(training(axes), () => null);
      return shownAxes(openResults(folder)).map(({ scale }) => scale);
    };
    expect(await scales([1, 2, 4, 8, 20, 50])).toEqual(['log', 'log', 'linear']);
    expect(await scales([1, 2, 3])).toEqual(['log', 'linear', 'linear']);
  });
});

describe('the page of a sweep', () => {
  it('draws means over seeds, and maps of lists over one axis', async () => {
    const page = await pageOf(training([density], 3));
    expect(figures(page)).toEqual([
      'loss over density: mean over up to 3 seeds. Left out: 2 values not finite.',
      'capacity over density, one row per feature: mean over up to 3 seeds.',
    ]);
    expect(page).toContain('mean ± standard error');
    expect(page).toContain('P(active) p');
    expect(page).not.toMatch(/undefined|NaN<|\[object/);
  });

  it('draws maps of mean and spread, and says what it holds', async () => {
    const page = await pageOf(training([steps, density, activation, dims], 2));
    expect(figures(page)).toEqual([
      'loss over steps and density, one panel per dims, at activation = quadratic (other values are in the table): mean over up to 2 seeds. Left out: 18 values not finite.',
      'Standard deviation of loss over the seeds, over steps and density, one panel per dims, at activation = quadratic (other values are in the table).',
      'mean of capacity over its elements, over steps and density, one panel per dims, at activation = quadratic (other values are in the table): mean over up to 2 seeds.',
      'Standard deviation of mean of capacity over the seeds, over steps and density, one panel per dims, at activation = quadratic (other values are in the table).',
    ]);
    expect(page).toContain('The first 200 of 360 rows.');
  });

  it('shows finished cells only, reasons of failures, and a sweep without axes', async () => {
    const message = 'loss is <NaN>';
    const page = await pageOf(training([activation], 3), (at) => {
      if (at.seed === 2) return null;
      return at.activation === 'relu' ? { message, kind: 'permanent' } : smooth(at);
    });
    expect(page).toContain('<p>4 of 6 cells have ended; the others are not shown. 2 cells failed;');
    expect(page).toContain('loss is &lt;NaN&gt;');
    expect(await pageOf(training([]))).toContain('no axis with two values');
    const infinite = (): End => ({ loss: Infinity, capacity: null });
    expect(await pageOf(training([density]), infinite)).toContain(
      'Without a figure, because no cell has a finite number: loss, capacity.',
    );
    expect(await pageOf(training([density]), () => null)).toContain('No cell has ended yet.');
  });
});

describe('the page of a sweep of diagrams', () => {
  it('draws the diagram of each cell, named by parameters that advance together', async () => {
    const page = await pageOf(
      {
        compute: 'grid',
        parameters: {
          features: 4,
          x: { parameter: 'importance', values: [0.1, 1, 10] },
          y: { parameter: 'density', values: [0.5, 0.1] },
        },
        axes: [
          {
            zip: [
              { parameter: 'activation', values: ['relu', 'relu', 'gelu'] },
              { parameter: 'dims', values: [1, 2, 2] },
            ],
          },
        ],
        measurements: ['columns', 'xValues', 'capacity', 'roughness'],
      },
      ({ dims: d }) => ({
        columns: 3,
        xValues: [0.1, 1, 10],
        capacity: [0, 0.5, 1, 0, 0.5, 1],
        roughness: Number(d),
      }),
    );
    expect(figures(page)).toEqual(['capacity: 3 diagrams.', 'roughness over activation, dims.']);
    for (const text of ['relu, 1', 'gelu, 2', 'importance V', 'P(active) p'])
      expect(page).toContain(`>${text}</text>`);
  });
});

describe('the text of a sweep', () => {
  it('is a table of means over seeds with their standard errors', async () => {
    const folder = await sweepOf(training([dims], 2), ({ dims: d, seed }) => ({
      loss: d === 3 ? Infinity : Number(d) + 0.02 * Number(seed),
      capacity: [0.5, 1],
    }));
    const results = openResults(folder);
    expect(meansText(results).split('\n')).toEqual([
      'sweep: all 6 cells have ended',
      'Means over seeds ± standard error; values that are not finite are left out.',
      '',
      'dims         loss  mean of capacity  seeds',
      '1     1.01 ± 0.01              0.75      2',
      '2     2.01 ± 0.01              0.75      2',
      '3      not finite              0.75      2',
    ]);
    expect(meansJson(results)).toMatchObject({
      cells: 6,
      done: 6,
      points: [
        { at: { dims: 1 }, means: { loss: { mean: 1.01, values: 2, leftOut: 0 } } },
        {},
        { at: { dims: 3 }, means: { loss: { mean: null, standardError: null, leftOut: 2 } } },
      ],
    });
  });
});

describe('the status of a sweep as text', () => {
  const status: SweepStatus = {
    name: 'a',
    cells: 9,
    done: 3,
    failed: 3,
    open: 3,
    failures: [
      { message: 'diverged', kind: 'permanent', count: 2, first: 4 },
      { message: 'its process died', kind: 'retryable', count: 1, first: 7 },
    ],
    conflicts: [{ index: 1, files: ['x.rows', 'y.rows'] }],
    damaged: ['rows/z.rows'],
    running: [
      {
        role: 'shard 0/2',
        host: 'a',
        pid: 12,
        started: null,
        beat: 3,
        done: 4,
        left: 5,
        failed: 0,
        rate: 0.5,
      },
    ],
    rate: 0.5,
    secondsLeft: 3725,
    table: null,
  };

  it('lists processes, failures, conflicts and damage', () => {
    expect(statusText(status, null).split('\n')).toEqual([
      'a: 3 of 9 cells done, 3 failed, 3 open',
      'running: 1 process, 0.5 cells/s, about 1 h 02 min left',
      '  part       process  ended  left  failed  cells/s',
      '  shard 0/2  a:12         4     5       0      0.5',
      'failed: 2 cells, the first 4 (permanent): diverged',
      'failed: cell 7 (retryable): its process died',
      'conflict: cell 1 has two different results, in rows/x.rows and rows/y.rows; both are kept, remove the wrong file',
      'damaged: rows/z.rows; polysem sweep run computes its cells again',
    ]);
    expect(statusText({ ...status, running: [] }, null)).toContain(
      'no process is at work; give polysem sweep run again to go on',
    );
  });

  it('says which files have changed', () => {
    const check = { rows: 3, weights: 1, table: 'intact', problems: [] } as const;
    expect(statusText(status, check)).toContain(
      'checked: 3 rows, 1 file of weights and the table have the bytes that were written',
    );
    const wrong = { ...check, table: 'damaged', problems: ['table.parquet: is damaged'] } as const;
    expect(statusText(status, wrong)).toContain(
      'checked: 1 file has changed since it was written\n  table.parquet: is damaged',
    );
  });
});
