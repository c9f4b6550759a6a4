import type { MeasuredResult } from './measured-result.ts';
import type { GridResult, PhaseResult } from './phase-result.ts';
import type { TrainedResult } from './trained-result.ts';

/** A result that the command line wrote. */
export type ResultFile = PhaseResult | GridResult | TrainedResult | MeasuredResult;
