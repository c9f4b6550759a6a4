/**
 * The state of sweeps, from their folders alone; loads no code that computes.
 *
 * @module
 */
export type { RunningState } from '../store/lease.ts';
export type { Conflict } from '../store/sweep-store.ts';
export { readSteadily } from './read-steadily.ts';
export { type FailureReason, sweepStatus, type SweepStatus } from './sweep-status.ts';
