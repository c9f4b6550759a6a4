import { colourScale, type ColourScale } from './colour.ts';
import { colourBarWidth, drawColourBar } from './colour-bar.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { plotFrame, type Box } from './layout.ts';
import { raster } from './raster.ts';
import { fragment, type Markup } from './svg.ts';
import { label } from './text.ts';

/** A value a square of a chess board. */
export interface Board {
  readonly name: string;
  /** 64 numbers: a1, b1, .. h1, a2, .. h8; NaN where there is none. */
  readonly values: ArrayLike<number>;
}

/** Boards that share their colours. */
export interface BoardData {
  /** What the numbers are; on a log scale its decimal logarithm is shown. */
  readonly label: string;
  readonly scale?: 'linear' | 'log';
  /** Boards in a row. Default: all. */
  readonly columns?: number;
  readonly boards: readonly Board[];
}

const SQUARES = 64;
const SIDE = 8;
/** Pixels of a board, between boards, of names above it, of files below it and of ranks beside it. */
const BOARD = 104;
const GAP = 12;
const NAME = 18;
const FILES = 15;
const RANKS = 14;
/** No smaller than this, its files and ranks can be told apart. */
const LEAST = 64;

/**
 * Values by square, a board each, the eighth rank at the top; squares without a value are hatched.
 *
 * @throws RangeError if there is no board, one has not 64 values, `columns` is not a positive integer, or a value of a log
 *   scale is not positive, or no room is left for the boards.
 */
export function boardFigure(data: BoardData, options: FigureOptions): string {
  const { boards, columns = boards.length } = data;
  check(data, columns);
  const shown = boards.map(({ values }) => shownValues(values, data.scale ?? 'linear'));
  const all = shown.flatMap((values) => Array.from(values)).filter((value) => !Number.isNaN(value));
  const scale = colourScale(
    {
      map: 'viridis',
      label: data.scale === 'log' ? `${data.label}, decimal logarithm` : data.label,
      domain: domainOf(all, data.scale ?? 'linear'),
    },
    all,
  );
  const across = Math.min(columns, boards.length);
  const rows = Math.ceil(boards.length / across);
  const bar = colourBarWidth(scale, rows * BOARD);
  return figureDocument(options, {
    width: Math.max(240, 32 + RANKS + across * (BOARD + GAP) + bar),
    height: rows * (BOARD + NAME + GAP) + FILES + 81,
    description: `${data.label} by square: ${boards.map(({ name }) => name).join(', ')}`,
    draw: (box) => {
      const side = Math.min(
        (box.width - RANKS - bar) / across - GAP,
        (box.height - FILES) / rows - NAME - GAP,
      );
      if (!(side >= LEAST)) {
        throw new RangeError(
          `figure: ${box.width} x ${box.height} pixels leave no room for the plot`,
        );
      }
      const [left, top] = [box.x + RANKS, box.y + NAME];
      return fragment(
        ...boards.map(({ name }, i) => {
          const column = i % across;
          const x = left + column * (side + GAP);
          const y = top + Math.floor(i / across) * (side + NAME + GAP);
          const area = { x, y, width: side, height: side };
          return drawBoard(name, shown[i], scale, area, {
            hasRanks: column === 0,
            hasFiles: i + across >= boards.length,
          });
        }),
        drawColourBar(
          scale,
          left + across * (side + GAP),
          top,
          rows * (side + NAME + GAP) - NAME - GAP,
        ),
      );
    },
  });
}

function drawBoard(
  name: string,
  values: Float64Array,
  scale: ColourScale,
  area: Box,
  { hasRanks, hasFiles }: { readonly hasRanks: boolean; readonly hasFiles: boolean },
): Markup {
  const pitch = area.width / SIDE;
  // The first row of a picture is its top one.
  const fromTop = values.map((_, i) => values[(SIDE - 1 - (i >> 3)) * SIDE + (i % SIDE)]);
  return fragment(
    label(area.x, area.y - 5, name, { size: 11, bold: true }),
    raster(fromTop, SIDE, SIDE, scale, area),
    plotFrame(area),
    hasRanks
      ? Array.from({ length: SIDE }, (_, r) =>
          label(area.x - 5, area.y + (r + 0.5) * pitch + 3, String(SIDE - r), {
            size: 9,
            anchor: 'end',
            role: 'ps-muted',
          }),
        )
      : [],
    hasFiles
      ? Array.from('abcdefgh', (file, f) =>
          label(area.x + (f + 0.5) * pitch, area.y + area.height + 11, file, {
            size: 9,
            anchor: 'middle',
            role: 'ps-muted',
          }),
        )
      : [],
  );
}

function shownValues(values: ArrayLike<number>, scale: 'linear' | 'log'): Float64Array {
  return Float64Array.from(values, (value) => (scale === 'log' ? Math.log10(value) : value));
}

/** From 0, or on a log scale from the least value, to the largest; a little room where all are the same. */
function domainOf(values: readonly number[], scale: 'linear' | 'log'): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = scale === 'log' ? Math.min(...values) : Math.min(0, ...values);
  const high = Math.max(...values);
  return high > low ? [low, high] : [low, low + 1];
}

function check({ boards, scale = 'linear' }: BoardData, columns: number): void {
  if (boards.length === 0) throw new RangeError('boardFigure: there is no board');
  if (!Number.isInteger(columns) || columns < 1)
    throw new RangeError(`boardFigure: columns must be a positive integer, got ${columns}`);
  for (const { name, values } of boards) {
    if (values.length !== SQUARES)
      throw new RangeError(`boardFigure, ${name}: ${values.length} values for 64 squares`);
    for (const value of Array.from(values)) {
      if (value === Infinity || value === -Infinity || (scale === 'log' && value <= 0))
        throw new RangeError(
          `boardFigure, ${name}: a value must be ${scale === 'log' ? 'positive' : 'finite'}, got ${value}`,
        );
    }
  }
}
