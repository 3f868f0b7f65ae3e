// What `cdk8s synth` runs.
require('node:module').enableCompileCache?.(); // Node 22.1 and later
require('./main.js');
