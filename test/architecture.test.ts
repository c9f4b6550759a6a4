import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Packages, lowest first. A package may import all packages before it, except those in `without`. Modules of Node and other
 * libraries are allowed only where listed.
 */
const PACKAGES: Readonly<
  Record<
    string,
    {
      readonly without?: readonly string[];
      readonly libraries?: readonly string[];
      /** Libraries that it can do without: optional dependencies, imported only when they are used. */
      readonly optional?: readonly string[];
      readonly node?: RegExp;
    }
  >
> = {
  numerics: {},
  core: {},
  engine: {},
  io: {
    without: ['engine'],
    libraries: ['@bufbuild/protobuf', 'fflate', 'hyparquet-writer'],
    node: /^src\/node\//,
  },
  figures: { without: ['io'], libraries: ['d3-scale', 'd3-scale-chromatic', 'fflate'] },
  threads: {
    without: ['io', 'figures'],
    // Optional: loaded only to call a BLAS.
    optional: ['koffi'],
    node: /^src\/(node|node-worker|fast-vectors|blas\/[\w-]+)\.ts$/,
  },
  runs: {
    without: ['figures'],
    libraries: ['yaml', 'zod'],
    // Loaded only to use a queue.
    optional: ['@nats-io/jetstream', '@nats-io/transport-node', 'bullmq', 'ioredis'],
    node: /^src\//,
  },
  reports: { libraries: ['fflate'] },
  // The lab is an app over the packages; the command line serves its folder.
  cli: { libraries: ['commander', '@polysem/lab'], node: /^src\// },
  // The published package: its front doors pass on names of the others.
  polysem: {},
};

/** The other folders of its package that each folder may import. Data flows one way (docs/architecture.md). */
const FOLDERS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  numerics: {
    checks: [],
    clock: [],
    elementary: [],
    wasm: [],
    random: ['checks', 'elementary'],
    linalg: ['checks', 'wasm'],
    lanes: ['wasm'],
    dense: ['checks', 'linalg', 'wasm'],
  },
  core: {
    embedding: [],
    features: [],
    theory: [],
    capacity: ['embedding'],
    geometry: ['embedding', 'capacity', 'theory'],
    streaming: ['embedding', 'capacity', 'geometry'],
    audit: ['features', 'theory'],
    compare: ['embedding', 'capacity', 'streaming', 'audit'],
  },
  engine: {
    activations: [],
    names: ['activations'],
    models: ['activations', 'names'],
    descent: ['models'],
    hold: ['models', 'descent'],
    kernels: ['activations', 'models', 'descent'],
    training: ['names', 'models', 'descent', 'kernels'],
    phase: ['names', 'models', 'descent', 'hold', 'kernels', 'training'],
  },
  figures: {
    svg: [],
    theme: [],
    plot: ['svg', 'theme'],
    marks: ['svg', 'theme', 'plot'],
    figures: ['svg', 'theme', 'plot', 'marks'],
  },
};

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.(?:ts|svelte)$/.test(path) ? [path] : [];
  });
}

/** A source without its comments. */
function codeOf(path: string): string {
  return readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}

function imports(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const statements = text.matchAll(
    /^ *(?:import|export)\s+(?:[^'"();=]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'/gm,
  );
  return Array.from(statements, (match) => match[1] ?? match[2]);
}

/** True if a file imports a module when it is loaded, rather than later by `import()`. */
function isStatic(path: string, target: string): boolean {
  return new RegExp(`(?:from|import) '${target}'`).test(readFileSync(path, 'utf8'));
}

/** Name of a package without scope and path: `core` of `@polysem/core/theory`, `d3-scale` of `d3-scale`. */
function packageOf(target: string): string {
  const parts = target.split('/');
  if (parts[0] === '@polysem') return parts[1];
  return parts[0].startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/** Imports that the rules of a package forbid, as readable lines. */
function forbidden(name: string): string[] {
  const { without = [], libraries = [], optional = [], node } = PACKAGES[name];
  const isListed = (target: string): boolean =>
    libraries.some((library) => target === library || target.startsWith(`${library}/`));
  const order = Object.keys(PACKAGES);
  const below = new Set(
    order.slice(0, order.indexOf(name)).filter((other) => !without.includes(other)),
  );
  const base = join(root, 'packages', name);
  return sources(join(base, 'src')).flatMap((path) => {
    const file = relative(base, path).replaceAll('\\', '/');
    return imports(path).flatMap((target) => {
      const allowed = target.startsWith('.')
        ? resolve(dirname(path), target).startsWith(join(base, 'src'))
        : target.startsWith('node:')
          ? (node?.test(file) ?? false)
          : target.startsWith('@polysem/')
            ? below.has(packageOf(target)) || isListed(target)
            : libraries.includes(packageOf(target)) ||
              (optional.includes(packageOf(target)) && !isStatic(path, target));
      return allowed ? [] : [`${name}/${file} imports ${target}`];
    });
  });
}

/** Import circles among the source files of a package, type imports included. */
function circles(base: string): string[] {
  const graph = new Map(
    sources(base).map((path) => [
      path,
      imports(path)
        .filter((target) => target.startsWith('.'))
        .map((target) => resolve(dirname(path), target)),
    ]),
  );
  // Tarjan's strongly connected components.
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[] = [];
  const visit = (path: string): void => {
    index.set(path, index.size);
    low.set(path, index.get(path) as number);
    stack.push(path);
    for (const next of graph.get(path) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) visit(next);
      if (stack.includes(next))
        low.set(path, Math.min(low.get(path) as number, low.get(next) as number));
    }
    if (low.get(path) !== index.get(path)) return;
    const circle = stack.splice(stack.indexOf(path));
    if (circle.length > 1) found.push(circle.map((file) => relative(base, file)).join(' <-> '));
  };
  for (const path of graph.keys()) if (!index.has(path)) visit(path);
  return found;
}

describe('the direction of imports', () => {
  it('has a rule for every package', () => {
    expect(readdirSync(join(root, 'packages')).toSorted()).toEqual(
      Object.keys(PACKAGES).toSorted(),
    );
  });

  it.each(Object.keys(PACKAGES))('is respected by %s', (name) => {
    expect(forbidden(name)).toEqual([]);
  });

  it('lets the lab use the packages that run in a page, and its panels everything below them', () => {
    const base = join(root, 'apps/lab/src');
    const packages = new Set(['numerics', 'core', 'engine', 'io', 'figures', 'threads', 'reports']);
    const folders: Readonly<Record<string, readonly string[]>> = {
      state: ['workers', 'model', 'results'],
      model: ['state', 'view', 'results'],
      results: ['state', 'workers', 'model'],
      copy: ['state', 'workers', 'view'],
      workers: [],
      view: ['state', 'workers'],
      panels: ['state', 'workers', 'view', 'copy'],
      guide: ['state', 'workers', 'view', 'panels'],
      page: ['state', 'view', 'panels', 'results', 'guide'],
    };
    const wrong = sources(base).flatMap((path) => {
      const [folder, ...rest] = relative(base, path).split(/[\\/]/);
      return imports(path).flatMap((target) => {
        const [other] = relative(base, resolve(dirname(path), target)).split(/[\\/]/);
        const allowed = target.startsWith('.')
          ? rest.length === 0 ||
            other === folder ||
            folders[folder].includes(other) ||
            // Limits that the command line knows too.
            (folder === 'state' && target === '../../limits.js')
          : target.startsWith('@polysem/')
            ? packages.has(packageOf(target)) && !target.endsWith('/node')
            : packageOf(target) === 'svelte';
        return allowed ? [] : [`${relative(base, path)} imports ${target}`];
      });
    });
    expect(wrong).toEqual([]);
    expect(circles(base)).toEqual([]);
  });

  it('loads parts of the lab by part(), because {#await} keeps a value each time that it is shown', () => {
    const components = sources(join(root, 'apps/lab/src')).filter((path) =>
      path.endsWith('.svelte'),
    );
    expect(components.length).toBeGreaterThan(50);
    expect(components.filter((path) => codeOf(path).includes('{#await'))).toEqual([]);
  });

  it.each(Object.keys(FOLDERS))('is respected between the folders of %s', (name) => {
    const base = join(root, 'packages', name, 'src');
    const folders = FOLDERS[name];
    const wrong = sources(base).flatMap((path) => {
      const [folder, ...rest] = relative(base, path).split(/[\\/]/);
      if (rest.length === 0) return [];
      return imports(path)
        .filter((target) => target.startsWith('.'))
        .flatMap((target) => {
          const [other] = relative(base, resolve(dirname(path), target)).split(/[\\/]/);
          return other === folder || folders[folder]?.includes(other)
            ? []
            : [`${relative(base, path)} imports ${target}`];
        });
    });
    expect(wrong).toEqual([]);
    expect(
      readdirSync(base)
        .filter((entry) => !entry.endsWith('.ts'))
        .toSorted(),
    ).toEqual(Object.keys(folders).toSorted());
  });

  it.each(Object.keys(PACKAGES))('has no new circles in %s', (name) => {
    expect(circles(join(root, 'packages', name, 'src'))).toEqual([]);
  });

  it('finds the imports of a file', () => {
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

  it.each(['numerics', 'core', 'engine'])('use no library in %s', (name) => {
    const { dependencies = {}, peerDependencies, optionalDependencies } = manifest(name);
    expect(Object.keys(dependencies as object).filter((n) => !n.startsWith('@polysem/'))).toEqual(
      [],
    );
    expect([peerDependencies, optionalDependencies]).toEqual([undefined, undefined]);
  });

  it.each(Object.keys(PACKAGES))('declare exactly what %s imports', (name) => {
    const base = join(root, 'packages', name);
    const used = new Set(
      sources(join(base, 'src'))
        .flatMap(imports)
        .filter((target) => !target.startsWith('.') && !target.startsWith('node:'))
        .map((target) =>
          target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0],
        ),
    );
    const { optional = [] } = PACKAGES[name];
    expect([...used].filter((library) => !optional.includes(library)).toSorted()).toEqual(
      Object.keys((manifest(name).dependencies ?? {}) as object).toSorted(),
    );
    expect(Object.keys((manifest(name).optionalDependencies ?? {}) as object)).toEqual(optional);
  });

  it('are private and bundled into polysem, which has the version that results report', () => {
    const text = readFileSync(join(root, 'packages/core/src/version.ts'), 'utf8');
    expect(manifest('polysem').version).toBe(/'([^']+)'/.exec(text)?.[1]);
    for (const name of Object.keys(PACKAGES)) {
      expect(manifest(name).private, name).toBe(true);
      // Changesets asks for versions; only that of polysem has a meaning.
      if (name !== 'polysem') expect(manifest(name).version, name).toBe('0.0.0');
    }
  });

  it('read the time of day only for log lines, so that no result depends on it', () => {
    const reading = Object.keys(PACKAGES)
      .flatMap((name) => sources(join(root, 'packages', name, 'src')))
      .filter((path) => /\bDate\b/.test(codeOf(path)));
    expect(reading.map((path) => relative(root, path))).toEqual([
      'packages/cli/src/actions/sweep/log.ts',
    ]);
  });

  it('raise to powers in ways that give the same bits in every engine', () => {
    const raising = ['numerics', 'core', 'engine', 'io', 'runs']
      .flatMap((name) => sources(join(root, 'packages', name, 'src')))
      .filter((path) =>
        // Squares and powers of two are exact or rounded once; others go through power and realPower.
        /\*\*|Math\.pow/.test(codeOf(path).replaceAll(/\*\* 2\b|(?<![\w.])2n? \*\*/g, '')),
      );
    expect(raising.map((path) => relative(root, path))).toEqual([
      // Only where the result is 0, 1, Infinity or NaN.
      'packages/numerics/src/elementary/log-spaced.ts',
    ]);
  });

  it.each(['numerics', 'core', 'engine'])(
    'keep the DOM, clocks and unseeded randomness out of %s',
    (name) => {
      for (const path of sources(join(root, 'packages', name, 'src'))) {
        expect(codeOf(path), path).not.toMatch(
          /\b(document|window|process|Math\.random|Date\.now|performance)\b/,
        );
      }
    },
  );
});
