/**
 * The state of sweeps as text and JSON.
 *
 * @module
 */
export { statusJson, statusText } from './describe-status.ts';
