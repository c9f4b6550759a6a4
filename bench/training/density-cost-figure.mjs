import { dot, endNames, frame, gridY, line, underLegend } from '@polysem/figures/marks';
import { drawMarks, figureDocument, layoutPlot } from '@polysem/figures/plot';
import { formatNumber, fragment } from '@polysem/figures/svg';
import { describeMachine } from '@polysem/runs/bench';

/** Symbol of each method. */
const SYMBOLS = { dense: 'circle', compact: 'diamond', sparse: 'square', gram: 'triangle' };
const RADIUS = 3.8;

/** Figure of a result of density-cost.mjs: one line per size, and a symbol per point for its method. */
export function drawDensityCost({ date, machine, version, kernel, rows }) {
  const body = {
    width: 620,
    height: 420,
    description: 'Time of a training step over the density of the features',
    draw: (box) => underLegend(legendOf(rows), box, (rest) => drawLines(rows, rest), 6),
  };
  return figureDocument(body, {
    title: 'What sparsity saves in a training step',
    subtitle: `One model, batch ${rows[0].batch}, processor time · ${describeMachine(machine)} · ${kernel}`,
    provenance: {
      polysem: version,
      seed: null,
      configuration: { date, machine, kernel, rows },
    },
  });
}

function legendOf(rows) {
  const used = new Set(rows.map(({ method }) => method));
  return Object.entries(SYMBOLS)
    .filter(([method]) => used.has(method))
    .map(([method, symbol]) => ({
      label: `method ${method}`,
      width: 12,
      sample: dot(0, 0, { symbol, r: RADIUS }),
    }));
}

function drawLines(rows, box) {
  const sizes = [...new Set(rows.map(nameOf))];
  const times = rows.map(({ microseconds }) => microseconds);
  const densities = rows.map(({ density }) => density);
  const plot = layoutPlot(
    box,
    {
      label: 'density p of the features',
      scale: 'log',
      domain: [Math.max(...densities) * 1.15, Math.min(...densities) / 1.15],
    },
    {
      label: 'time per step',
      unit: 'µs',
      scale: 'log',
      domain: [Math.max(...times) * 1.4, Math.min(...times) / 1.4],
    },
    { right: 70 },
  );
  const lines = sizes.map((name, i) => {
    const own = rows.filter((row) => nameOf(row) === name);
    const points = own.map(({ density, microseconds }) => [density, microseconds]);
    const dots = own.map(({ density, microseconds, method }) =>
      dot(density, microseconds, {
        symbol: SYMBOLS[method],
        role: `ps-l${i} ps-hollow`,
        r: RADIUS,
        outline: 1.8,
        about: `${name}, p = ${formatNumber(density)}: ${formatNumber(microseconds)} µs, ${method}`,
      }),
    );
    return [line(points, { role: `ps-l${i}`, width: 1.8 }), ...dots];
  });
  const names = sizes.map((name, i) => {
    const last = rows.findLast((row) => nameOf(row) === name);
    return { at: last.microseconds, name, leader: `ps-l${i}` };
  });
  return fragment(drawMarks(plot, gridY(), frame(), ...lines, endNames(names)), plot.axes);
}

function nameOf({ features, dims }) {
  return `${features} → ${dims}`;
}
