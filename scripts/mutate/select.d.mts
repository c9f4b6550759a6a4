import type { TestRecord } from './coverage.mjs';

/** Tests of a file (null: all), and the seconds that they and the loading take; late ones do not execute the place. */
export interface Choice {
  readonly test: string;
  readonly ids: readonly string[] | null;
  readonly seconds: number;
  readonly load: number;
  readonly late: boolean;
}

/** Finds the tests that execute a mutation point. */
export interface Covering {
  (file: string, point: number): Choice[];
  leaveOut(test: string): void;
}

export function testsByCoverage(records: readonly TestRecord[]): Covering;
