// npm run package: builds the published package polysem in dist/npm, as `npm publish` takes it.
import { buildPackage } from './package/build.mjs';
import { packageFolder } from './package/places.mjs';

await buildPackage(packageFolder);
console.log(packageFolder);
