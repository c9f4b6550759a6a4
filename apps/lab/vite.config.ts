import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/** Fonts load beside the script, so that the first picture already has them; not where the page uses those of the system. */
function preloadFonts(): Plugin {
  return {
    name: 'preload-fonts',
    transformIndexHtml: (_html, { bundle = {} }) => {
      const fonts = Object.keys(bundle).filter((name) => name.endsWith('.woff2'));
      const children = `if (document.documentElement.dataset.fonts === 'own')
        for (const href of ${JSON.stringify(fonts)})
          document.head.append(Object.assign(document.createElement('link'),
            { rel: 'preload', as: 'font', type: 'font/woff2', crossOrigin: '', href }));`;
      return [{ tag: 'script', children, injectTo: 'head' }];
    },
  };
}

export default defineConfig({
  // Relative addresses, so that the folder works under any path and from any static host.
  base: './',
  plugins: [svelte(), preloadFonts()],
  resolve: { conditions: ['polysem-source', 'svelte', 'module', 'browser', 'import', 'default'] },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // The browser loads fonts and scripts itself; there is nothing to polyfill.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
