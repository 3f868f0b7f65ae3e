// What `cdk8s synth` runs. TypeScript is compiled when it is loaded, without a check of its types: that is `npm run check`.
require('node:module').enableCompileCache?.(); // Node 22.1 and later
require('tsx/cjs');
require('./main.ts');
