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
/** Pixels of a board, between boards, of the names above it and of files below it. */
const BOARD = 104;
const GAP = 12;
const NAME = 18;
const FILES = 15;
const RANKS = 14;
const BAR_GAP = 14;

/**
 * Values by square, a board each, the eighth rank at the top; squares without a value are hatched.
 *
 * @throws RangeError if there is no board, one has not 64 values, `columns` is not a positive integer, or a value of a log
 *   scale is not positive.
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
  const height = rows * (BOARD + NAME) + (rows - 1) * GAP + FILES;
  const bar = colourBarWidth(scale, height - NAME - FILES);
  return figureDocument(options, {
    width: 32 + RANKS + across * BOARD + (across - 1) * GAP + BAR_GAP + bar,
    height: height + 80,
    description: `${data.label} by square: ${boards.map(({ name }) => name).join(', ')}`,
    draw: (box) =>
      fragment(
        ...boards.map(({ name }, i) => {
          const column = i % across;
          const row = Math.floor(i / across);
          const x = box.x + RANKS + column * (BOARD + GAP);
          const y = box.y + NAME + row * (BOARD + NAME + GAP);
          const area = { x, y, width: BOARD, height: BOARD };
          const isLow = i + across >= boards.length;
          return drawBoard(name, shown[i], scale, area, column === 0, isLow);
        }),
        drawColourBar(
          scale,
          box.x + RANKS + across * BOARD + (across - 1) * GAP + BAR_GAP,
          box.y + NAME,
          height - NAME - FILES,
        ),
      ),
  });
}

function drawBoard(
  name: string,
  values: Float64Array,
  scale: ColourScale,
  area: Box,
  hasRanks: boolean,
  hasFiles: boolean,
): Markup {
  const pitch = BOARD / SIDE;
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
          label(area.x + (f + 0.5) * pitch, area.y + BOARD + 11, file, {
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
