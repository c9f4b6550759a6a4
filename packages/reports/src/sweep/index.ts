/**
 * Results of sweeps as a page, text and JSON.
 *
 * @module
 */
export { meansJson, meansText } from './means.ts';
export { sweepPage } from './page.ts';
