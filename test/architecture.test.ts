import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What each package may import, beside itself: other packages of the house, libraries, and Node. */
const RULES: Readonly<
  Record<
    string,
    {
      readonly house: readonly string[];
      readonly libraries: readonly string[];
      readonly node: RegExp | null;
    }
  >
> = {
  core: { house: [], libraries: [], node: null },
  io: {
    house: ['@polysem/core'],
    libraries: ['@bufbuild/protobuf/wire', 'fflate', 'fzstd', 'hyparquet', 'hyparquet-writer'],
    node: /^src\/node\//,
  },
  figures: {
    house: ['@polysem/core'],
    libraries: ['d3-scale', 'd3-scale-chromatic', 'fflate'],
    node: null,
  },
  runs: { house: ['@polysem/core', '@polysem/threads/node'], libraries: [], node: /^src\// },
  threads: {
    house: ['@polysem/core'],
    libraries: [],
    node: /^src\/(node|node-worker|node-stream|node-stream-worker|fast-vectors)\.ts$/,
  },
  cli: {
    house: [
      '@polysem/core',
      '@polysem/io',
      '@polysem/io/bytes',
      '@polysem/io/formats',
      '@polysem/io/labels',
      '@polysem/io/layouts',
      '@polysem/io/node',
      '@polysem/io/tables',
      '@polysem/figures',
      '@polysem/runs',
    ],
    libraries: ['commander'],
    node: /^src\//,
  },
};

/** Inside the core: which rooms each room may use. Data flows from features to phase, never back (docs/architecture.md). */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  elementary: [],
  random: ['elementary'],
  linalg: ['wasm'],
  features: ['elementary', 'linalg', 'random'],
  capacity: ['linalg'],
  theory: [],
  geometry: ['capacity', 'dense', 'elementary', 'linalg', 'random'],
  audit: ['elementary', 'features', 'random', 'theory'],
  wasm: [],
  dense: ['linalg', 'wasm'],
  streaming: ['capacity', 'dense', 'elementary', 'geometry', 'linalg', 'random'],
  lanes: ['features', 'wasm'],
  activations: ['elementary', 'lanes', 'wasm'],
  models: ['activations', 'elementary', 'features', 'linalg', 'random', 'theory'],
  descent: ['elementary', 'models'],
  kernels: [
    'activations',
    'elementary',
    'descent',
    'features',
    'lanes',
    'linalg',
    'models',
    'random',
    'wasm',
  ],
  training: ['capacity', 'descent', 'features', 'kernels', 'linalg', 'models', 'random', 'theory'],
  phase: [
    'capacity',
    'descent',
    'features',
    'geometry',
    'kernels',
    'models',
    'random',
    'theory',
    'training',
  ],
};

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

function imports(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\s+(?:[^'"();=]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'/gm,
  );
  return Array.from(statements, (match) => match[1] ?? match[2]);
}

/** Imports of a package that its rules do not allow, as readable lines. */
function trespasses(name: string): string[] {
  const { house, libraries, node } = RULES[name];
  const base = join(root, 'packages', name);
  return sources(join(base, 'src')).flatMap((path) => {
    const file = relative(base, path).replaceAll('\\', '/');
    return imports(path).flatMap((target) => {
      const allowed = target.startsWith('.')
        ? resolve(dirname(path), target).startsWith(join(base, 'src'))
        : target.startsWith('node:')
          ? node !== null && node.test(file)
          : house.includes(target) || libraries.includes(target);
      return allowed ? [] : [`${name}/${file} imports ${target}`];
    });
  });
}

describe('the direction of imports', () => {
  it('has a rule for every package', () => {
    expect(readdirSync(join(root, 'packages')).toSorted()).toEqual(Object.keys(RULES).toSorted());
  });

  it.each(Object.keys(RULES))('is kept by %s', (name) => {
    expect(trespasses(name)).toEqual([]);
  });

  it('is kept between the rooms of the core', () => {
    const base = join(root, 'packages/core/src');
    const wrong = sources(base).flatMap((path) => {
      const [room, ...rest] = relative(base, path).split(/[\\/]/);
      if (rest.length === 0) return [];
      return imports(path).flatMap((target) => {
        const [other, ...inside] = relative(base, resolve(dirname(path), target)).split(/[\\/]/);
        const atRoot = inside.length === 0;
        return atRoot || other === room || ROOMS[room]?.includes(other)
          ? []
          : [`${relative(base, path)} imports ${target}`];
      });
    });
    expect(wrong).toEqual([]);
    expect(
      readdirSync(base)
        .filter((name) => !name.endsWith('.ts'))
        .toSorted(),
    ).toEqual(Object.keys(ROOMS).toSorted());
  });

  it('sees an import where there is one', () => {
    expect(imports(join(root, 'packages/core/src/index.ts'))).toContain('./capacity/measure.ts');
    expect(imports(join(root, 'packages/cli/src/main.ts'))).toContain('commander');
  });
});

describe('the packages', () => {
  const manifest = (name: string): Record<string, unknown> =>
    JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;

  it('leave the core without any runtime dependency', () => {
    const { dependencies, peerDependencies, optionalDependencies } = manifest('core');
    expect([dependencies, peerDependencies, optionalDependencies]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each(Object.keys(RULES))('declare what %s imports, no more and no less', (name) => {
    const base = join(root, 'packages', name);
    const used = new Set(
      sources(join(base, 'src'))
        .flatMap(imports)
        .filter((target) => !target.startsWith('.') && !target.startsWith('node:'))
        .map((target) =>
          target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0],
        ),
    );
    expect([...used].toSorted()).toEqual(
      Object.keys((manifest(name).dependencies ?? {}) as object).toSorted(),
    );
  });

  it('have one version, the one that results carry', () => {
    const text = readFileSync(join(root, 'packages/core/src/version.ts'), 'utf8');
    const version = /'([^']+)'/.exec(text)?.[1];
    for (const name of Object.keys(RULES)) expect(manifest(name).version).toBe(version);
  });

  it('keep the DOM and chance out of the core', () => {
    for (const path of sources(join(root, 'packages/core/src'))) {
      const code = readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      expect(code, path).not.toMatch(
        /\b(document|window|process|Math\.random|Date\.now|performance)\b/,
      );
    }
  });
});
