/**
 * The `polysem` command: parse, call, print.
 *
 * @module
 */
export { main } from './main.ts';
