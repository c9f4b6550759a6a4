/** Finds dead files, exports and dependencies: `npx knip`. */
const tested = { entry: ['test/**/*.ts'], project: ['src/**/*.ts', 'test/**/*.ts'] };

export default {
  // A type may be named for its docstring.
  ignoreExportsUsedInFile: { interface: true, type: true },
  // Programs of the system.
  ignoreBinaries: ['apt-get', 'mkfifo', 'mount', 'umount'],
  workspaces: {
    '.': {
      entry: ['bench/**/*.mjs', 'scripts/**/*.mjs', 'site/build.mjs', 'site/site.js', 'test/*.ts'],
      project: ['bench/**/*.mjs', 'scripts/**/*.mjs', 'site/**/*.{js,mjs}', 'test/**/*.ts'],
      // Found by their names: fonts by a style sheet, the others by scripts.
      ignoreDependencies: [
        '@fontsource-variable/.*',
        'axe-core',
        'svelte-check',
        'typedoc-plugin-.*',
      ],
    },
    'packages/*': tested,
    'packages/polysem': { project: ['src/**/*.ts'] },
    'packages/figures': {
      entry: ['test/**/*.ts', 'gallery/**/*.ts'],
      project: ['{src,test,gallery}/**/*.ts'],
    },
    'apps/lab': {
      entry: ['index.html', 'src/*.ts', 'test/**/*.ts', '*.js'],
      project: ['src/**/*.{ts,svelte}', 'test/**/*.ts'],
    },
  },
  compilers: {
    // The imports of a component.
    svelte: (text) =>
      Array.from(text.matchAll(/^\s*import\s[^;]*;|\bimport\('[^']+'\)/gm), ([code]) => code).join(
        '\n',
      ),
  },
};
