import { PROVENANCE } from './samples.ts';
import { elements, type Node } from './xml.ts';

export const options = { provenance: PROVENANCE };

export const withClass = (root: Node, name: string, role: string): Node[] =>
  elements(root, name).filter((node) => (node.attributes.class ?? '').split(' ').includes(role));

export const number = (node: Node, key: string): number => Number(node.attributes[key]);
