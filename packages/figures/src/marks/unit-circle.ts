import type { Mark } from '../plot/plot.ts';
import { element } from '../svg/svg.ts';

/** The circle of radius 1 around the origin, dashed; the axes must have one scale. */
export function unitCircle(): Mark {
  return ({ x, y }) => {
    const [cx, cy] = [x.position(0), y.position(0)];
    const circle = { class: 'ps-line', 'stroke-dasharray': '3 3', cx, cy, r: x.position(1) - cx };
    return element('circle', circle);
  };
}
