import type { TestRecord } from './coverage.mjs';

/** A test file with the tests that execute a place (null: all), and the seconds that these and the whole file take. */
export interface Choice {
  readonly test: string;
  readonly ids: readonly string[] | null;
  readonly seconds: number;
  readonly whole: number;
}

/** Finds the tests that execute a mutation point. */
export interface Covering {
  (file: string, point: number): Choice[];
  leaveOut(test: string): void;
}

export function testsByCoverage(records: readonly TestRecord[]): Covering;
