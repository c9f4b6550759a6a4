import { trainingCostFigure } from '@polysem/figures';
import { describeMachine } from '@polysem/runs/bench';

/** One panel per sweep: its texts, the size on its x axis, and its fixed sizes. */
const PANELS = {
  features: { title: 'Features', label: 'N', unit: 'features', kept: ['instances', 'batch'] },
  dims: {
    title: 'Dimensions',
    label: 'D',
    unit: 'dimensions',
    kept: ['features', 'instances', 'batch'],
  },
  batch: {
    title: 'Batch',
    label: 'batch',
    unit: 'inputs',
    kept: ['features', 'dims', 'instances'],
  },
  instances: {
    title: 'Instances',
    label: 'instances',
    unit: 'models',
    kept: ['features', 'dims', 'batch'],
  },
};
const NAMES = {
  features: (value) => `N = ${value}`,
  dims: (value) => `D = ${value}`,
  batch: (value) => `batch ${value}`,
  instances: (value) => `${value} instances`,
};

/** Figure of a result of cost.mjs. */
export function drawCost({ date, machine, version, kernel, seed, rows }) {
  const panels = Object.entries(PANELS).map(([sweep, { kept, ...texts }]) => {
    const points = rows.filter((row) => row.sweep === sweep);
    const keptTexts = kept.map((size) => NAMES[size](points[0][size]));
    if (sweep === 'features') keptTexts.unshift('D = N / 5');
    return Object.assign(texts, { kept: keptTexts.join(', '), curves: curvesOf(points, sweep) });
  });
  return trainingCostFigure(panels, {
    title: 'What a training step costs',
    subtitle: `All instances, sampling included · ${describeMachine(machine)} · ${kernel}`,
    provenance: { polysem: version, seed, configuration: { date, machine, kernel, rows } },
  });
}

function curvesOf(points, size) {
  const curves = new Map();
  for (const { density, threads, median, [size]: value } of points) {
    const key = `${density} ${threads}`;
    if (!curves.has(key)) curves.set(key, { density, threads, sizes: [], microseconds: [] });
    curves.get(key).sizes.push(value);
    curves.get(key).microseconds.push(1e6 * median);
  }
  return [...curves.values()];
}
