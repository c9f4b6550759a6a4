import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/**
 * Fonts, scripts and styles of the page load beside the first script, so that the first picture waits for nothing; not
 * where one panel is shown alone, with the fonts of the system.
 */
function preload(): Plugin {
  return {
    name: 'preload',
    transformIndexHtml: (_html, { bundle = {} }) => {
      const names = Object.keys(bundle);
      const fonts = names.filter((name) => name.endsWith('.woff2'));
      const scripts = new Set(names.filter((name) => /(LabPage|diagram)-[^/]*\.js$/.test(name)));
      const styles = new Set<string>();
      for (const name of scripts) {
        const chunk = bundle[name];
        if (chunk.type !== 'chunk') continue;
        for (const other of chunk.imports) scripts.add(other);
        for (const style of chunk.viteMetadata?.importedCss ?? []) styles.add(style);
      }
      const children = `if (document.documentElement.dataset.fonts === 'own')
        for (const link of ${JSON.stringify([
          ...fonts.map((href) => ({ rel: 'preload', as: 'font', type: 'font/woff2', href })),
          ...Array.from(scripts, (href) => ({ rel: 'modulepreload', href })),
          ...Array.from(styles, (href) => ({ rel: 'preload', as: 'style', href })),
        ])})
          document.head.append(Object.assign(document.createElement('link'), { crossOrigin: '', ...link }));`;
      return [{ tag: 'script', children, injectTo: 'head' }];
    },
  };
}

/** Few files, because a page waits for each: what every page loads, and what its panels share. */
const GROUPS = [
  { name: 'first', tags: ['$initial' as const] },
  {
    name: 'panels',
    test: /apps.lab.src.(view.(blocks|words|hold-words|scale|models|theme|keys)|panels.(Term|LookHere|Ignored))/,
    minShareCount: 2,
  },
];

/** Short hashes, since the first script names every file. */
const NAMES = {
  chunkFileNames: 'assets/[name]-[hash:6].js',
  assetFileNames: 'assets/[name]-[hash:6][extname]',
};

/** Leaves out the comments of the page's own script. */
function withoutComments(): Plugin {
  return {
    name: 'without-comments',
    transformIndexHtml: (html) => html.replaceAll(/^\s*\/\/.*\n/gm, ''),
  };
}

/** Modules that each worker would load for specifications that the lab refuses, and what stands in for them. */
const LEFT_OUT = [
  {
    // For models beyond `limits.js`; a test compares the two sizes.
    module: /\/large-kernel\.[jt]s$/,
    code: `export function largeKernel() {
      const refuse = () => { throw new Error('the lab does not train models of this size'); };
      return { advance: refuse, evaluate: refuse, gradient: refuse, inputs: refuse };
    }`,
  },
  {
    // For correlation matrices; a test sees that links and files with one are refused.
    module: /\/orthant\.[jt]s$/,
    code: `export function normalOrthant() {
      throw new Error('the lab does not take correlation matrices');
    }`,
  },
];

const nameOf = (at: number): string => `\0left-out-${at}`;

function leftOut(): Plugin {
  return {
    name: 'left-out',
    enforce: 'pre',
    resolveId: (source) => {
      const at = LEFT_OUT.findIndex(({ module }) => module.test(source));
      return at < 0 ? null : nameOf(at);
    },
    load: (id) => LEFT_OUT.find((_, at) => id === nameOf(at))?.code ?? null,
  };
}

/** Leaves out notes for bundlers, which the minifier keeps. */
function withoutNotes(): Plugin {
  return {
    name: 'without-notes',
    generateBundle: (_options, bundle) => {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        // The space after a word, as in `return new`, stays.
        file.code = file.code.replaceAll(
          /(?<word>\w?)\/\* ?@__PURE__ ?\*\/ ?/g,
          (_note, word: string) => (word === '' ? '' : `${word} `),
        );
      }
    },
  };
}

export default defineConfig(({ mode }) => ({
  // Relative addresses, so that the folder works under any path and from any static host.
  base: './',
  // One file holds all; nothing is left to load.
  plugins:
    mode === 'one-file'
      ? [svelte(), withoutComments(), leftOut(), withoutNotes()]
      : [svelte(), withoutComments(), leftOut(), withoutNotes(), preload()],
  resolve: { conditions: ['polysem-source', 'svelte', 'module', 'browser', 'import', 'default'] },
  worker: {
    format: 'es',
    plugins: () => [leftOut(), withoutNotes()],
    rolldownOptions: { output: { ...NAMES, entryFileNames: NAMES.chunkFileNames } },
  },
  build: {
    target: 'es2022',
    // The browser loads fonts and scripts itself; there is nothing to polyfill.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    license: { fileName: 'third-party-licences.md' },
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: mode === 'one-file' ? {} : { ...NAMES, codeSplitting: { groups: GROUPS } },
    },
  },
}));
