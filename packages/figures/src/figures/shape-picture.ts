import type { Embedding } from '@polysem/core/embedding';
import { arrow, type ArrowStyle } from '../marks/arrow.ts';
import { frame } from '../marks/frame.ts';
import { label } from '../marks/label.ts';
import { line } from '../marks/line.ts';
import { matrixPicture } from '../marks/matrix-picture.ts';
import { scene } from '../marks/scene.ts';
import { tipNames } from '../marks/tip-names.ts';
import { unitCircle } from '../marks/unit-circle.ts';
import type { Box } from '../plot/box.ts';
import { hullEdges } from '../plot/hull-edges.ts';
import { drawMarks, pixelPlot, type Plot } from '../plot/plot.ts';
import { clearestView } from '../plot/view.ts';
import type { Markup, Point } from '../svg/svg.ts';
import { blockStyle } from '../theme/block-style.ts';
import { colourScale } from '../theme/colour.ts';

/** Width of the shafts in pixels. */
const SHAFT = 2.6;
const NAME_SIZE = 9.5;
/** Maximum number of names: more would cover the arrows. */
const MOST_NAMES = 12;

/** The features of a block as arrows. */
interface ShapeArrow extends ArrowStyle {
  readonly name: string;
  readonly vector: ArrayLike<number>;
}

/** Draws a block along a line, in a plane, in space, or as cosines, by its number of dimensions. */
export function drawShape(
  embedding: Embedding,
  names: readonly string[],
  block: number,
  box: Box,
): Markup {
  const { dims, features, data } = embedding;
  const hasNames = features <= MOST_NAMES;
  const arrows = names.map((about, i): ShapeArrow => {
    const vector = data.subarray(dims * i, dims * (i + 1));
    const role = `${blockStyle(block).fill} ps-edge`;
    return { name: hasNames ? about : '', vector, role, about, width: SHAFT };
  });
  const vectors = arrows.map(({ vector }) => vector);
  if (dims === 1) return drawLine(arrows, box);
  if (dims === 2) return drawPlane(arrows, box);
  if (dims > 3) return drawCosines(vectors, box);
  const space = scene(arrows, {
    view: clearestView(vectors),
    edges: hullEdges(vectors, 3),
    width: SHAFT,
    nameSize: hasNames ? NAME_SIZE : 0,
  });
  return space(pixelPlot(box));
}

/** Arrows along a line, each in a row of its own. */
function drawLine(arrows: readonly ShapeArrow[], box: Box): Markup {
  const longest = Math.max(1, ...arrows.map(({ vector }) => Math.abs(vector[0])));
  const unit = box.width / 2 / (1.35 * longest);
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  const row = Math.min(16, (box.height - 40) / arrows.length);
  const placed = arrows.map(({ vector, ...look }, i) => {
    const y = cy + (i - (arrows.length - 1) / 2) * row;
    return { ...look, from: [cx, y] as const, to: [cx + vector[0] * unit, y] as const };
  });
  const bottom = cy + (arrows.length * row) / 2 + 8;
  const axis: Point[] = [
    [cx - 1.2 * unit, bottom],
    [cx + 1.2 * unit, bottom],
  ];
  const ticks = [-1, 0, 1].flatMap((value) => {
    const x = cx + value * unit;
    const style = { dy: 15, anchor: 'middle', size: NAME_SIZE, role: 'ps-muted' } as const;
    const tick: Point[] = [
      [x, bottom - 3],
      [x, bottom + 3],
    ];
    return [
      line(tick, { role: 'ps-line' }),
      label(x, bottom, value < 0 ? '−1' : String(value), style),
    ];
  });
  return drawMarks(
    pixelPlot(box),
    line(axis, { role: 'ps-line' }),
    ticks,
    placed.map(arrow),
    tipNames(placed, NAME_SIZE),
  );
}

const tip = (v: ArrayLike<number>): Point => [v[0], v[1]];

/** Arrows in a plane over the unit circle, with the edges of their convex hull. */
function drawPlane(arrows: readonly ShapeArrow[], box: Box): Markup {
  const vectors = arrows.map(({ vector }) => vector);
  const longest = Math.max(1, ...vectors.map((v) => Math.hypot(v[0], v[1])));
  const unit = Math.min(box.width, box.height) / 2 / (1.3 * longest);
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  const plot: Plot = {
    area: box,
    x: { range: [box.x, box.x + box.width], ticks: [], position: (v) => cx + v * unit },
    y: { range: [box.y, box.y + box.height], ticks: [], position: (v) => cy - v * unit },
  };
  const placed = arrows.map(({ vector, ...look }) => {
    return { ...look, from: [0, 0] as const, to: tip(vector) };
  });
  const edges = hullEdges(vectors, 2).map(([i, j]) =>
    line([tip(vectors[i]), tip(vectors[j])], { role: 'ps-line', width: 1 }),
  );
  return drawMarks(plot, unitCircle(), edges, placed.map(arrow), tipNames(placed, NAME_SIZE));
}

/** Cosines between the features as colours, from -1 to 1. */
function drawCosines(vectors: readonly ArrayLike<number>[], box: Box): Markup {
  const units = vectors.map((v) => {
    const values = Array.from(v);
    const length = Math.hypot(...values);
    return values.map((x) => (length > 0 ? x / length : 0));
  });
  const cosines = units.flatMap((a) =>
    units.map((b) => a.reduce((sum, x, d) => sum + x * b[d], 0)),
  );
  const side = Math.min(box.width, box.height - 16) * 0.9;
  const area = { x: box.x + (box.width - side) / 2, y: box.y + 2, width: side, height: side };
  const scale = colourScale({ map: 'diverging', label: 'cosine', domain: [-1, 1] }, cosines);
  const caption = { anchor: 'middle', size: NAME_SIZE, role: 'ps-muted' } as const;
  return drawMarks(
    pixelPlot(area),
    matrixPicture(cosines, [...vectors.keys()], scale),
    frame(),
    label(area.x + side / 2, area.y + side + 14, 'cosines: red −1, blue 1', caption),
  );
}
