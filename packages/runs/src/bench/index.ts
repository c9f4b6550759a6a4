/**
 * Timing of training, interleaved with other implementations.
 *
 * @module
 */
export { interleave, spread, type Contender, type Spread } from './interleave.ts';
export { describeMachine, machineFacts, type MachineFacts } from './machine.ts';
export { openWorkload, TIMED_SEED, type OpenWorkload } from './open-workload.ts';
export { trainingTimes, type TrainingTime, type TrainingTimesOptions } from './training-times.ts';
export { workload, workloadSummary, type Workload, type WorkloadSizes } from './workload.ts';
export { chooseWorkloads } from './workloads.ts';
