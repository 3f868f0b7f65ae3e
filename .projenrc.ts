import { cdk8s, javascript, JsonFile, TextFile } from 'projen';
import { FLOORS, zonesOf } from './scripts/rooms';

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-stateful',
  description: 'Stateful workloads on Kubernetes as typed cdk8s constructs: databases, Kafka, ZooKeeper, Redis and shared scratch Pods, with the claim templates, disruption budgets, anti-affinity, probes and network policies an expert would have written.',
  author: 'The cdk8s-stateful authors',
  authorAddress: 'maintainers@cdk8s-stateful.dev',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk8s-stateful/cdk8s-stateful.git',
  license: 'Apache-2.0',
  copyrightOwner: 'The cdk8s-stateful authors',
  keywords: ['cdk8s', 'kubernetes', 'statefulset', 'database', 'postgresql', 'mysql', 'mariadb', 'kafka', 'zookeeper', 'redis', 'valkey', 'storage'],
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  minNodeVersion: '20.0.0',

  // The peer floors of cdk8s-plus-28 2.5.6 (cdk8s 2.68.11, its own floor, is not published).
  cdk8sVersion: '2.68.12',
  constructsVersion: '10.3.0',
  jsiiVersion: '~5.9.0',
  peerDeps: ['cdk8s-plus-28@^2.5.6'],
  bin: { 'cdk8s-stateful': 'bin/cdk8s-stateful.js' },
  autoDetectBin: false, // it would add the name of the file as a second command
  devDeps: ['cdk8s-plus-28@2.5.6', '@types/node@^20', '@types/jest@^30', 'jest@^30', 'jest-runner@^30', 'ts-jest@^29', 'fast-check@^4', 'tsconfig-paths@^4', 'yaml@^2', 'ioredis@^5', 'jsii-reflect@^1', 'echarts@^6', 'js-yaml@^4', '@types/js-yaml@^4', 'proper-lockfile@^4', '@types/proper-lockfile@^4'],
  publishToPypi: { distName: 'cdk8s-stateful', module: 'cdk8s_stateful' },

  artifactsDirectory: 'artifacts', // dist/ belongs to synthesized YAML, as in every cdk8s app
  gitignore: ['/dist/', '/artifacts/', 'tsconfig.tsbuildinfo'],
  github: false,
  depsUpgrade: false,
  release: false,
  sampleCode: false,
  docgen: false, // docs/api is made by scripts/api-reference.ts: a page a class, without what every construct inherits
  eslintOptions: { dirs: ['src'], tsconfigPath: './tsconfig.dev.json', projectService: false },
  jest: false, // its defaults rewrite failing snapshots; the suites below are configured here
});

project.npmignore?.addPatterns(...['/examples/', '/docs/', '/scripts/', '/.ci/', '/artifacts/', '/jest.*.config.json', '/tsconfig.dev.json', '/.nvmrc', '/CONTRIBUTING.md']);

// Of 1.13.0 a registry may lack the builds for other systems, and a lock file without them does not pass `npm ci`.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

// jsii runs fine on Node 20; its end-of-life banner would hide real output.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

// One configuration for all code that is not the library itself: it may import the library by its published name.
new JsonFile(project, 'tsconfig.dev.json', {
  obj: {
    extends: './tsconfig.json',
    compilerOptions: {
      noEmit: true,
      isolatedModules: true,
      rootDir: '.',
      baseUrl: '.',
      esModuleInterop: true,
      resolveJsonModule: true,
      paths: { 'cdk8s-stateful': ['./src'] },
    },
    include: ['src/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts', 'scripts/**/*.ts', '.projenrc.ts'],
    exclude: ['node_modules'],
  },
});
/** The test suites: `unit` needs Node alone, each other one needs more and has a command of its own. */
const beyondUnit = ['api', 'cluster', 'faults', 'package'];
for (const suite of ['unit', ...beyondUnit]) {
  new JsonFile(project, `jest.${suite}.config.json`, {
    obj: {
      // The table of faults has the cases that guard a promise, too.
      testMatch: [`<rootDir>/test/${{ unit: '', faults: '@(cluster|faults)/' }[suite] ?? `${suite}/`}**/*.test.ts`],
      testPathIgnorePatterns: ['/node_modules/', ...suite === 'unit' ? [`<rootDir>/test/(${beyondUnit.join('|')})/`] : []],
      ...suite === 'unit' ? { testTimeout: 60_000, maxWorkers: '100%' } : { testTimeout: 900_000, maxWorkers: 1, verbose: true },
      // Two files at a time, where they say that they can. The table of faults is made one case after the other.
      ...['api', 'cluster'].includes(suite) ? { maxWorkers: 2, runner: '<rootDir>/test/support/beside-runner.js' } : {},
      moduleNameMapper: { '^cdk8s-stateful$': '<rootDir>/src' },
      transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
    },
  });
}

const run = 'ts-node --transpileOnly --project tsconfig.dev.json -r tsconfig-paths/register';
project.compileTask.exec(`${run} scripts/input-types.ts --check`, { name: 'inputs are checked by their types' });
project.compileTask.exec(`${run} scripts/bundle-modules.ts`, { name: 'few files, loaded when used' });
project.package.setScript('test:faults', `${run} scripts/test-faults.ts`);
project.package.setScript('docgen', `${run} scripts/api-reference.ts`);
project.package.setScript('golden', `${run} scripts/golden.ts`);
project.package.setScript('shell', `${run} scripts/embed-shell.ts`);
project.package.setScript('setting-names', `${run} scripts/setting-names.ts`);
project.package.setScript('inputs', `jsii --silence-warnings=reserved-word && ${run} scripts/input-types.ts`);
project.package.setScript('synth', `${run} scripts/synth-examples.ts`); // a task would keep --help to itself
project.eslint?.allowDevDeps('**/scripts/**');
project.eslint?.addRules({
  'import/no-restricted-paths': ['error', { zones: zonesOf(FLOORS) }],
  'import/no-cycle': 'error',
});
project.eslint?.addOverride({
  files: ['src/**'],
  rules: {
    '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    '@typescript-eslint/no-import-type-side-effects': 'error',
  },
});
project.addTask('typecheck', { description: 'Check the types of sources, tests, examples and scripts', exec: 'tsc --noEmit -p tsconfig.dev.json' });
project.addTask('lint', {
  description: 'Report style errors (npx projen eslint mends them)',
  env: { ESLINT_USE_FLAT_CONFIG: 'false', NODE_NO_WARNINGS: '1' },
  steps: [
    { exec: 'eslint --ext .ts --no-error-on-unmatched-pattern src test examples scripts .projenrc.ts' },
    { exec: 'shellcheck --external-sources --source-path=SCRIPTDIR $(git ls-files "src/*.sh" .ci/run ".ci/*.sh")' },
  ],
});
project.addTask('docs:check', { description: 'Compile and run every example in docstrings, README and docs', exec: 'jest --ci --config jest.unit.config.json test/docs' });
project.addTask('test:package', { description: 'Install the packed tarball and wheel as a user would', exec: 'jest --ci --config jest.package.config.json', receiveArgs: true });
project.addTask('test:api', { description: 'Strict server-side dry runs against API servers', exec: 'jest --ci --config jest.api.config.json', receiveArgs: true });
project.addTask('test:cluster', { description: 'Real servers in real Pods on the cluster of KUBECONFIG', exec: 'jest --ci --config jest.cluster.config.json', receiveArgs: true });
const bench = project.addTask('bench', { description: 'Measure synthesis speed as ratios against plain ApiObjects' });
bench.spawn(project.compileTask);
bench.exec('ts-node --transpileOnly --project test/bench/tsconfig.json -r tsconfig-paths/register test/bench/bench.ts', { receiveArgs: true });
// It measures what users install, which is not what the compiler wrote: see scripts/bundle-modules.ts.
new JsonFile(project, 'test/bench/tsconfig.json', { obj: { extends: '../../tsconfig.dev.json', compilerOptions: { baseUrl: '../..', paths: { 'cdk8s-stateful': ['./lib'] } } } });

// projen's test task ends with "eslint --fix", which edits sources in a build; `lint` is a task of its own.
project.testTask.reset('npm run --silent typecheck');
project.testTask.exec('jest --ci --config jest.unit.config.json', { receiveArgs: true });

new TextFile(project, '.nvmrc', { lines: ['20'] });
project.synth();
