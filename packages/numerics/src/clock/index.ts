/**
 * Time since some moment, for pacing work. It never decreases.
 *
 * @module
 */
export { elapsedTime } from './elapsed-time.ts';
