import { readFileSync } from 'node:fs';
import { computeRow, type GridDiagram } from '@polysem/engine/phase';
import { kernelNamed } from '@polysem/engine/kernels';
import type { RowRunner } from '@polysem/runs';
import { assemblePanels, figure7, figure7Claims, figure7Grids } from '@polysem/runs/reproduce';
import { planSweep, recipes, runCell, sweepJsonSchema, type SweepPlan } from '@polysem/runs/sweep';
import { describe, expect, it } from 'vitest';
import type { SweepDocument } from '../src/sweep/spec/document.ts';
import { parseSweep } from '../src/sweep/spec/parse-sweep.ts';
import { figure7Document } from '../src/sweep/recipes/figure7.ts';
import { sweepTables, sweepTablesOnPage } from '../../../scripts/sweep-schema.mjs';
import { gridSpecOf } from '../src/sweep/cells/grid-parameters.ts';

const here = { folder: '.', threads: 1 };
const documentOf = (text: string): SweepDocument =>
  parseSweep(text, 'recipe.yaml').data as SweepDocument;
const recipe = (name: string): SweepDocument =>
  documentOf(recipes.find((one) => one.name === name)?.text ?? '');

/** Columns of the first cell. */
const valuesOf = async (plan: SweepPlan) => (await runCell(plan.cell(0).spec, here)).values;

describe('recipes', () => {
  it.each([
    ['ten-densities', 50],
    ['phase-2-1', 420],
    ['phase-3-2', 420],
    ['power-law-width', 108],
    ['figure7', 18],
  ])('plan the cells of %s', (name, cells) => {
    const plan = planSweep(recipe(name));
    expect([plan.name, plan.size]).toEqual([name, cells]);
    // The plan of a folder of results is made from the spec of its manifest.
    expect(planSweep(plan.spec).identity).toBe(plan.identity);
  });

  it('compute the columns that they name, at a reduced size', async () => {
    const few = { steps: 20, batch: 64 };
    for (const [name, less] of [
      ['ten-densities', few],
      ['phase-2-1', { ...few, restarts: 1 }],
      ['phase-3-2', { ...few, restarts: 1 }],
      ['power-law-width', { ...few, features: 8 }],
    ] as const) {
      const document = recipe(name);
      const axes = document.axes?.map((axis) =>
        'values' in axis ? { ...axis, values: axis.values?.slice(0, 1) } : axis,
      );
      const plan = planSweep({
        ...document,
        axes,
        parameters: { ...document.parameters, ...less },
      });
      // oxlint-disable-next-line no-await-in-loop
      expect(Object.keys(await valuesOf(plan))).toEqual(document.measurements);
    }
  });
});

describe('the JSON Schema of sweeps', () => {
  it('is published as it is checked (npm run sweep-schema)', () => {
    const path = new URL('../../../docs/sweep.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(sweepJsonSchema());
  });

  it('has the parameters and measurements that docs/sweeps.md lists (npm run sweep-schema)', () => {
    // Prettier changes the spaces of tables and rules.
    const plain = (text: string): string =>
      text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').replaceAll(/\n+/g, '\n');
    expect(plain(sweepTablesOnPage())).toBe(plain(sweepTables()));
  });
});

/** Little training, because only the way of the results is tested. */
const LITTLE = { rows: 8, screeningRows: 4, iterations: 2 };

/** Computes rows with little training in this process. */
function quickRunner(): RowRunner {
  const kernel = kernelNamed('typescript');
  return {
    kernel: kernel.name,
    close: async () => {},
    run: async ({ name, tasks, onRow }) =>
      tasks.map((task, place) => {
        if (!('cells' in task)) throw new Error('figure 7 has rows of grids only');
        const training = { ...task.spec.training, ...LITTLE };
        const row = computeRow(kernel, name, { ...task, spec: { ...task.spec, training } });
        onRow?.(place, row);
        return row;
      }),
  };
}

describe('figure 7 as a sweep', () => {
  const size = { cells: 2, tableColumns: 0 };

  it('has the grids of the reproduction', () => {
    const plan = planSweep(documentOf(figure7Document(size.cells, size.cells)));
    const grids = figure7Grids(size, 0);
    expect(plan.size).toBe(grids.length);
    grids.forEach(({ spec }, place) => {
      const { architecture, ...own } = gridSpecOf(plan.cell(place).spec.parameters, 0);
      const { architecture: expected, ...rest } = spec;
      expect(own).toEqual(rest);
      expect(architecture).toMatchObject({ task: expected.task, activation: expected.activation });
    });
  });

  it('gives the same claims as the reproduction', async () => {
    const document = documentOf(figure7Document(size.cells, size.cells));
    const little = { batch: LITTLE.rows, screeningBatch: LITTLE.screeningRows };
    const axes = document.axes?.map((axis) => ({
      zip: 'zip' in axis ? axis.zip.filter(({ parameter }) => parameter !== 'steps') : [],
    }));
    const parameters = { ...document.parameters, ...little, steps: LITTLE.iterations };
    const plan = planSweep({ ...document, axes, parameters, kernel: 'typescript' });
    const diagrams: GridDiagram[] = [];
    for (let index = 0; index < plan.size; index++) {
      const { spec } = plan.cell(index);
      // oxlint-disable-next-line no-await-in-loop
      const { values } = await runCell(spec, here);
      const numbers = (name: string): Float64Array => Float64Array.from(values[name] as number[]);
      diagrams.push({
        spec: gridSpecOf(spec.parameters, spec.seed),
        capacity: numbers('capacity'),
        degeneracy: numbers('degeneracy'),
        predicted: values.predicted === null ? null : numbers('predicted'),
      } as GridDiagram);
    }
    const panels = assemblePanels(figure7Grids(size, 0), diagrams);
    const expected = await figure7(size, 0, quickRunner());
    expect(figure7Claims({ panels, misses: [] })).toEqual(figure7Claims(expected));
    expect(panels.map(({ areas }) => areas)).toEqual(expected.panels.map(({ areas }) => areas));
  });
});
