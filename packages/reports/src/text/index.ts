/**
 * Numbers, counts, tables and labels as text.
 *
 * @module
 */
export { counted } from './counted.ts';
export { jsonBytes, jsonPieces } from './json-pieces.ts';
export { labelText, shellWord } from './label-text.ts';
export { leftOut, skippedJson } from './left-out.ts';
export { number } from './number.ts';
export { table } from './table.ts';
export { toJson } from '@polysem/runs/to-json';
export { withError } from './with-error.ts';
