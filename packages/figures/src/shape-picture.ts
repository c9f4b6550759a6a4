import type { Embedding } from '@polysem/core/embedding';
import { drawArrow, nameTips, type Arrow } from './arrow.ts';
import { blockStyle } from './block-style.ts';
import { colourScale } from './colour.ts';
import { gramPicture } from './gram-picture.ts';
import { hullEdges } from './hull-edges.ts';
import { plotFrame, type Box } from './layout.ts';
import { drawScene } from './scene.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { label } from './text.ts';
import { clearestView } from './view.ts';

const SHAFT = 2.6;
const NAME_SIZE = 9.5;
/** More names than this would hide what they name. */
const MOST_NAMES = 12;

/** A small picture of a block, as its dimensions allow. */
export function drawShape(
  embedding: Embedding,
  names: readonly string[],
  block: number,
  box: Box,
): Markup {
  const { dims, features, data } = embedding;
  const vectors = names.map((_, i) => data.subarray(dims * i, dims * (i + 1)));
  const role = `${blockStyle(block).fill} ps-edge`;
  const shown = features <= MOST_NAMES ? names : names.map(() => '');
  if (dims === 1) return line(vectors, shown, role, box);
  if (dims === 2) return plane(vectors, shown, role, box);
  if (dims === 3) {
    const arrows = vectors.map((vector, i) => ({ name: shown[i], vector, role, about: names[i] }));
    return drawScene(arrows, box, {
      view: clearestView(vectors),
      edges: hullEdges(vectors, 3),
      width: SHAFT,
      nameSize: features <= MOST_NAMES ? NAME_SIZE : 0,
    });
  }
  return cosines(vectors, box);
}

/** Along a line, each arrow in a lane of its own. */
function line(
  vectors: readonly ArrayLike<number>[],
  names: readonly string[],
  role: string,
  box: Box,
): Markup {
  const unit = box.width / 2 / (1.35 * Math.max(1, ...vectors.map((v) => Math.abs(v[0]))));
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  const lane = Math.min(16, (box.height - 40) / vectors.length);
  const arrows = vectors.map((v, i): Arrow & { name: string } => {
    const y = cy + (i - (vectors.length - 1) / 2) * lane;
    const to = [cx + v[0] * unit, y] as const;
    return { name: names[i], from: [cx, y], to, role, about: names[i], width: SHAFT };
  });
  const bottom = cy + (vectors.length * lane) / 2 + 8;
  return fragment(
    element('path', {
      class: 'ps-line',
      d: polyline([
        [cx - 1.2 * unit, bottom],
        [cx + 1.2 * unit, bottom],
      ]),
    }),
    ...[-1, 0, 1].map((value) =>
      fragment(
        element('path', {
          class: 'ps-line',
          d: polyline([
            [cx + value * unit, bottom - 3],
            [cx + value * unit, bottom + 3],
          ]),
        }),
        label(cx + value * unit, bottom + 15, value < 0 ? '−1' : String(value), {
          anchor: 'middle',
          size: NAME_SIZE,
          role: 'ps-muted',
        }),
      ),
    ),
    ...arrows.map(drawArrow),
    nameTips(arrows, box, NAME_SIZE),
  );
}

function plane(
  vectors: readonly ArrayLike<number>[],
  names: readonly string[],
  role: string,
  box: Box,
): Markup {
  const longest = Math.max(1, ...vectors.map((v) => Math.hypot(v[0], v[1])));
  const unit = Math.min(box.width, box.height) / 2 / (1.3 * longest);
  const from = [box.x + box.width / 2, box.y + box.height / 2] as const;
  const tip = (v: ArrayLike<number>) => [from[0] + v[0] * unit, from[1] - v[1] * unit] as const;
  const arrows = vectors.map((v, i) => ({ name: names[i], from, to: tip(v), about: names[i] }));
  return fragment(
    element('circle', {
      class: 'ps-line',
      'stroke-dasharray': '3 3',
      cx: from[0],
      cy: from[1],
      r: unit,
    }),
    ...hullEdges(vectors, 2).map(([i, j]) =>
      element('path', {
        class: 'ps-line',
        'stroke-width': 1,
        d: polyline([tip(vectors[i]), tip(vectors[j])]),
      }),
    ),
    ...arrows.map((arrow) => drawArrow({ ...arrow, role, width: SHAFT })),
    nameTips(arrows, box, NAME_SIZE),
  );
}

/** Cosines between the features, from -1 to 1. */
function cosines(vectors: readonly ArrayLike<number>[], box: Box): Markup {
  const n = vectors.length;
  const units = vectors.map((v) => {
    const values = Array.from(v);
    const length = Math.hypot(...values);
    return values.map((x) => (length > 0 ? x / length : 0));
  });
  const gram = units.flatMap((a) => units.map((b) => a.reduce((sum, x, d) => sum + x * b[d], 0)));
  const side = Math.min(box.width, box.height - 16) * 0.9;
  const x = box.x + (box.width - side) / 2;
  const area = { x, y: box.y + 2, width: side, height: side };
  const scale = colourScale({ map: 'diverging', label: 'cosine', domain: [-1, 1] }, gram);
  return fragment(
    gramPicture(
      gram,
      Array.from({ length: n }, (_, i) => i),
      scale,
      area,
    ),
    plotFrame(area),
    label(box.x + box.width / 2, area.y + side + 14, 'cosines: red −1, blue 1', {
      anchor: 'middle',
      size: NAME_SIZE,
      role: 'ps-muted',
    }),
  );
}
