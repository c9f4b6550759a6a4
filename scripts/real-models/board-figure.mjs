// A figure of values on the squares of chess boards, composed of the marks of @polysem/figures.

import { colourBarWidth, drawColourBar, frame, heatMap, label } from '@polysem/figures/marks';
import { categoryScale, drawMarks, figureDocument, noRoom } from '@polysem/figures/plot';
import { fragment } from '@polysem/figures/svg';
import { colourScale } from '@polysem/figures/theme';

const SQUARES = 64;
const SIDE = 8;
/** Pixels of a board, between boards, of names above a board, of files below it and of ranks next to it. */
const BOARD = 104;
const GAP = 12;
const NAME = 18;
const FILES = 15;
const RANKS = 14;
/** Minimum size of a board at which its files and ranks are readable. */
const LEAST = 64;

/**
 * Draws one board per piece with the eighth rank at the top. Squares without a value are hatched.
 *
 * `data.label` names the quantity; with `data.scale` 'log' its decimal logarithm is shown. Each of `data.boards` has a
 * name and 64 values (a1, b1, .. h1, a2, .. h8; NaN for a missing value). `data.columns` is the number of boards per row.
 *
 * @throws RangeError if there is no board, a board has not 64 values, `columns` is not a positive integer, a value is not
 *   finite (on a log scale: not positive), or there is no room for the boards.
 */
export function boardFigure(data, options) {
  const { boards, columns = boards.length, scale: kind = 'linear' } = data;
  checkBoards(data, columns);
  const shown = boards.map(({ values }) =>
    Float64Array.from(values, (value) => (kind === 'log' ? Math.log10(value) : value)),
  );
  const all = shown.flatMap((values) => Array.from(values)).filter((value) => !Number.isNaN(value));
  const scale = colourScale(
    {
      map: 'viridis',
      label: kind === 'log' ? `${data.label}, decimal logarithm` : data.label,
      domain: domainOf(all, kind),
    },
    all,
  );
  const across = Math.min(columns, boards.length);
  const rows = Math.ceil(boards.length / across);
  const bar = colourBarWidth(scale, rows * BOARD);
  const body = {
    width: Math.max(240, 32 + RANKS + across * (BOARD + GAP) + bar),
    height: rows * (BOARD + NAME + GAP) + FILES + 81,
    description: `${data.label} by square: ${boards.map(({ name }) => name).join(', ')}`,
    draw: (box) => {
      const side = Math.min(
        (box.width - RANKS - bar) / across - GAP,
        (box.height - FILES) / rows - NAME - GAP,
      );
      if (!(side >= LEAST)) throw noRoom(box);
      const [left, top] = [box.x + RANKS, box.y + NAME];
      const drawn = boards.map(({ name }, i) => {
        const x = left + (i % across) * (side + GAP);
        const y = top + Math.floor(i / across) * (side + NAME + GAP);
        const edges = { hasRanks: i % across === 0, hasFiles: i + across >= boards.length };
        const area = { x, y, width: side, height: side };
        return drawBoard(name, shown[i], scale, area, edges);
      });
      const height = rows * (side + NAME + GAP) - NAME - GAP;
      const place = { x: left + across * (side + GAP), y: top, height };
      return fragment(...drawn, drawColourBar(scale, place));
    },
  };
  return figureDocument(body, options);
}

function drawBoard(name, values, scale, area, { hasRanks, hasFiles }) {
  const x = categoryScale(SIDE, [area.x, area.x + area.width]);
  const y = categoryScale(SIDE, [area.y, area.y + area.height]);
  // The first row of a picture is its top one.
  const fromTop = values.map((_, i) => values[(SIDE - 1 - (i >> 3)) * SIDE + (i % SIDE)]);
  const style = { size: 9, role: 'ps-muted' };
  const ranks = Array.from({ length: SIDE }, (_, r) =>
    label(-0.5, r, String(SIDE - r), { ...style, dx: -5, dy: 3, anchor: 'end' }),
  );
  const files = Array.from('abcdefgh', (file, f) =>
    label(f, SIDE - 0.5, file, { ...style, dy: 11, anchor: 'middle' }),
  );
  return drawMarks(
    { area, x, y },
    label(-0.5, -0.5, name, { dy: -5, size: 11, bold: true }),
    heatMap({ rows: SIDE, columns: SIDE, values: fromTop }, scale),
    frame(),
    hasRanks ? ranks : [],
    hasFiles ? files : [],
  );
}

/** From 0, or on a log scale from the smallest value, to the largest; never empty. */
function domainOf(values, kind) {
  if (values.length === 0) return [0, 1];
  const low = kind === 'log' ? Math.min(...values) : Math.min(0, ...values);
  const high = Math.max(...values);
  return high > low ? [low, high] : [low, low + 1];
}

function checkBoards({ boards, scale = 'linear' }, columns) {
  if (boards.length === 0) throw new RangeError('boardFigure: needs at least one board');
  if (!Number.isInteger(columns) || columns < 1) {
    throw new RangeError(`boardFigure: columns must be a positive integer, got ${columns}`);
  }
  for (const { name, values } of boards) {
    if (values.length !== SQUARES) {
      throw new RangeError(`boardFigure, ${name}: needs ${SQUARES} values, got ${values.length}`);
    }
    for (const value of values) {
      if (value === Infinity || value === -Infinity || (scale === 'log' && value <= 0)) {
        const kind = scale === 'log' ? 'positive' : 'finite';
        throw new RangeError(`boardFigure, ${name}: values must be ${kind}, got ${value}`);
      }
    }
  }
}
