import { textWidth } from '../src/svg/text.ts';
import { textOf, type Node } from './xml.ts';

/** The box of a text: from the height of its capitals to a little below its baseline. */
export function textBox(node: Node) {
  const content = textOf(node);
  const size = Number(node.attributes['font-size']);
  const turned = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(node.attributes.transform ?? '');
  const length = textWidth(content, size, node.attributes['font-weight'] === '600') * 0.97;
  const anchor = node.attributes['text-anchor'] ?? 'start';
  const before = anchor === 'start' ? 0 : anchor === 'middle' ? length / 2 : length;
  const x = Number(turned?.[1] ?? node.attributes.x);
  const y = Number(turned?.[2] ?? node.attributes.y);
  const [up, down] = [size * 0.72, size * 0.15];
  return turned
    ? { content, left: x - up, right: x + down, top: y - length + before, bottom: y + before }
    : { content, left: x - before, right: x - before + length, top: y - up, bottom: y + down };
}
