// Runs tests as Vitest does, and writes which mutation points each of them executes.
import { writeFileSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import process from 'node:process';
import { TestRunner } from 'vitest';
import { executed, packed } from './executed.mjs';

export default class CoverageRunner extends TestRunner {
  constructor(config) {
    super(config);
    this.root = `file://${config.root.replace(/\/$/, '')}/`;
    this.offsets = JSON.parse(
      readFileSync(join(config.root, '.cache/mutation-offsets.json'), 'utf8'),
    );
    this.session = new Session();
    this.session.connect();
    this.ask('Profiler.enable');
    this.ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    this.files = new Set();
    this.around = new Map();
    this.tests = [];
    this.failed = 0;
  }

  /** The session answers before `post` returns. */
  ask(method, parameters) {
    let answer;
    this.session.post(method, parameters, (error, result) => {
      if (error !== null) throw error;
      answer = result;
    });
    return answer;
  }

  async onBeforeRunTask(test) {
    this.add(this.around);
    this.cpu = process.cpuUsage();
    await super.onBeforeRunTask(test);
  }

  onAfterRunTask(test) {
    const { user, system } = process.cpuUsage(this.cpu);
    const covered = new Map();
    this.add(covered);
    if (test.result?.state === 'pass')
      this.tests.push({ id: test.id, seconds: (user + system) / 1e6, covered: packed(covered) });
    else if (test.result?.state === 'fail') this.failed++;
    super.onAfterRunTask(test);
  }

  onAfterRunFiles(files) {
    this.add(this.around);
    const { user, system } = process.cpuUsage();
    const inTests = this.tests.reduce((sum, { seconds }) => sum + seconds, 0);
    const record = {
      files: [...this.files].toSorted(),
      seconds: Math.max((user + system) / 1e6 - inTests, 0),
      failed: this.failed,
      around: packed(this.around),
      tests: this.tests,
    };
    writeFileSync(process.env.POLYSEM_MUTATION_RECORD, JSON.stringify(record));
    super.onAfterRunFiles(files);
  }

  /** Adds to each file the points that ran since the last call. */
  add(covered) {
    for (const { url, functions } of this.ask('Profiler.takePreciseCoverage').result) {
      if (!url.startsWith(this.root) || url.includes('/node_modules/')) continue;
      const file = url.slice(this.root.length).replace(/\?.*/, '');
      this.files.add(file);
      const offsets = this.offsets[file];
      if (offsets === undefined) continue;
      const set = covered.get(file) ?? new Set();
      covered.set(file, set);
      for (const point of executed(functions, offsets)) set.add(point);
    }
  }
}
