import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ApiObject, App, type AppProps, Chart, type IResolver, JsonPatch, Lazy, type ResolutionContext, YamlOutputType } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import fc from 'fast-check';
import { say } from '../support/progress';
import { expectInvalid } from '../support/refusals';
import { StatefulApp } from 'cdk8s-stateful';

let folder: string;
beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'app-')); });
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

/** All that is in a folder: the contents of the files, and the names of the folders. */
function contents(outdir: string): [string, string][] {
  const names = fs.existsSync(outdir) ? fs.readdirSync(outdir, { recursive: true, encoding: 'utf8' }).sort() : [];
  return names.map(name => [name, fs.statSync(path.join(outdir, name)).isDirectory() ? '' : fs.readFileSync(path.join(outdir, name), 'utf8')]);
}

function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return String(error);
  }
}

const TYPES = [
  YamlOutputType.FILE_PER_APP, YamlOutputType.FILE_PER_CHART, YamlOutputType.FILE_PER_RESOURCE, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
];

/** Builds an app twice, with both classes, and expects the same from them: files, names, text, errors. */
function expectSame(build: (app: App) => void, props: AppProps = {}): void {
  TYPES.forEach(yamlOutputType => {
    const [theirs, ours] = [App, StatefulApp].map((Class, i) => {
      const outdir = path.join(folder, `${yamlOutputType}-${i}`);
      const made = () => {
        const app = new Class({ outdir, yamlOutputType, ...props });
        build(app);
        return app;
      };
      const failed = outcome(() => made().synth());
      return { failed, contents: contents(outdir), yaml: outcome(() => made().synthYaml()) };
    });
    expect(ours.failed).toEqual(theirs.failed);
    if (theirs.failed === undefined) expect(ours.contents).toEqual(theirs.contents);
    expect(ours.yaml).toEqual(theirs.yaml);
  });
}

function objectIn(scope: Construct, id: string, spec: object = {}): ApiObject {
  return new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', spec });
}

describe('a StatefulApp writes what an App writes', () => {
  test('nothing', () => expectSame(() => undefined));

  test('charts, without and with objects', () => expectSame(app => {
    new Chart(app, 'empty');
    const chart = new Chart(app, 'full', { namespace: 'shop', labels: { team: 'a' } });
    objectIn(chart, 'b', { z: 1, a: [{ c: undefined, b: null }] });
    objectIn(new Construct(chart, 'inner'), 'a', { text: 'a\nb\n' });
  }));

  test('with another extension, and metadata of the constructs', () => expectSame(app => {
    objectIn(new Chart(app, 'one'), 'a');
    objectIn(new Chart(app, 'two'), 'a');
  }, { outputFileExtension: '.yaml', recordConstructMetadata: true }));

  test('charts in charts, and objects between them', () => expectSame(app => {
    const outer = new Chart(app, 'outer');
    objectIn(outer, 'first');
    const inner = new Chart(outer, 'inner');
    const within = new Chart(new Construct(outer, 'between'), 'within');
    objectIn(inner, 'a');
    objectIn(within, 'a');
    objectIn(outer, 'last').addDependency(within);
    new Chart(app, '10');
    new Chart(app, '9');
    objectIn(new Chart(app, 'z'), 'a').addDependency(inner);
  }));

  test('dependencies of objects, constructs and charts', () => expectSame(app => {
    const [one, two] = [new Chart(app, 'one'), new Chart(app, 'two')];
    const [low, high] = [new Construct(one, 'low'), new Construct(one, 'high')];
    for (const id of ['a', 'b']) [low, high].forEach(scope => objectIn(scope, id));
    const below = objectIn(objectIn(low, 'c'), 'd');
    low.node.addDependency(high);
    below.node.addDependency(objectIn(two, 'a'));
    objectIn(two, 'b').addDependency(objectIn(two, 'c'), objectIn(two, 'd'));
  }));

  test('a construct that depends on what it contains', () => expectSame(app => {
    const construct = new Construct(new Chart(app, 'one'), 'construct');
    const [a, b] = ['a', 'b'].map(id => objectIn(construct, id));
    construct.node.addDependency(b);
    expect(a).toBeDefined();
  }));

  test.each<[string, (chart: Chart) => void]>([
    ['a cycle of objects', chart => {
      const [a, b] = ['a', 'b'].map(id => objectIn(chart, id));
      a.addDependency(b);
      b.addDependency(a);
    }],
    ['a cycle of charts', chart => {
      const other = new Chart(chart.node.root, 'other');
      objectIn(chart, 'a').addDependency(objectIn(other, 'a'));
      objectIn(other, 'b').addDependency(objectIn(chart, 'b'));
    }],
    ['a dependency on a construct above all charts', chart => objectIn(chart, 'a').addDependency(new Construct(chart.node.root, 'above'))],
    ['a dependency on another app', chart => objectIn(chart, 'a').addDependency(objectIn(new Chart(new App(), 'elsewhere'), 'a'))],
    ['a value that cannot be rendered', chart => objectIn(chart, 'a', { date: new Date(0) })],
    ['an object without a name', chart => objectIn(chart, 'a').addJsonPatch(JsonPatch.remove('/metadata'))],
    ['validations', chart => ['x', 'y'].forEach(message => chart.node.addValidation({ validate: () => [message] }))],
  ])('errors: %s', (_, build) => expectSame(app => build(new Chart(app, 'chart'))));

  test('lazy values, resolvers, patches, aliases', () => {
    class Upper implements IResolver {
      public resolve(context: ResolutionContext): void {
        if (context.value === 'upper') context.replaceValue('UPPER');
      }
    }
    const shared = { list: [1] };
    expectSame(app => {
      const chart = new Chart(app, 'one');
      objectIn(chart, 'a', { lazy: Lazy.any({ produce: () => ({ at: 'upper' }) }), key: 'upper' });
      objectIn(chart, 'b').addJsonPatch(JsonPatch.add('/spec/a', shared), JsonPatch.add('/spec/b', shared));
      objectIn(chart, 'c').metadata.addAnnotation('a', 'y');
    }, { resolvers: [new Upper()] });
  });

  test('charts that render themselves', () => {
    class Own extends Chart {
      public toJson(): unknown[] {
        return [...super.toJson(), { kind: 'Own', metadata: { name: 'own' } }];
      }
    }
    expectSame(app => {
      objectIn(new Own(app, 'own'), 'a');
      objectIn(new Chart(app, 'other'), 'a');
    });
  });

  test.each([
    ['a folder in the place of a file', () => { fs.mkdirSync(path.join(folder, 'dist/chart.k8s.yaml'), { recursive: true }); return path.join(folder, 'dist'); }],
    ['a file in the place of the folder', () => { fs.writeFileSync(path.join(folder, 'dist'), ''); return path.join(folder, './dist/'); }],
    ['no name of the folder', () => ''],
  ])('errors: %s', (_, prepare) => {
    const outdir = prepare();
    const [theirs, ours] = [App, StatefulApp].map(Class => {
      const app = new Class({ outdir });
      objectIn(new Chart(app, 'chart'), 'a');
      return outcome(() => app.synth());
    });
    expect(theirs).toMatch(/^Error: E/);
    expect(ours).toBe(theirs);
  });

  test('objects that render to nothing', () => {
    class Nothing extends ApiObject {
      public toJson(): unknown {
        return undefined;
      }
    }
    expectSame(app => {
      const chart = new Chart(app, 'one');
      new Nothing(chart, 'nothing', { apiVersion: 'v1', kind: 'ConfigMap' });
      objectIn(chart, 'a');
    });
  });

  describe('validations that change the app', () => {
    const late = (change: (chart: Chart) => void, props: AppProps = {}) => expectSame(app => {
      const chart = new Chart(app, 'one');
      ['a', 'b'].forEach(id => objectIn(chart, id));
      chart.node.addValidation({ validate: () => { change(chart); return []; } });
    }, props);
    const once = (scope: Construct, id: string, make: () => void) => { if (scope.node.tryFindChild(id) === undefined) make(); };

    test('objects', () => late(chart => once(chart, 'late', () => objectIn(chart, 'late'))));
    test('charts', () => late(({ node: { root } }) => once(root, 'late', () => objectIn(new Chart(root, 'late'), 'a'))));
    test('dependencies', () => late(({ node }) => node.findChild('a').node.addDependency(node.findChild('b'))));
    test('fewer objects', () => late(({ node }) => { node.tryRemoveChild('a'); }));
    test('one object for another', () => late(chart => { chart.node.tryRemoveChild('a'); once(chart, 'late', () => objectIn(chart, 'late')); }));
    test('an object each time', () => late(chart => objectIn(chart, 'late')));
    test('an object that is invalid', () => late(chart => once(chart, 'late', () => {
      objectIn(chart, 'late').node.addValidation({ validate: () => ['too late'] });
    })));
  });

  test('any tree with any dependencies', () => {
    /** Each construct: its kind, below which of the earlier ones, and what it depends on. */
    const constructs = fc.array(fc.record({
      kind: fc.constantFrom('chart', 'construct', 'object'),
      below: fc.nat(),
      id: fc.constantFrom('a', 'b', '1', '0', '07', 'x-y'),
      dependencies: fc.oneof({ weight: 4, arbitrary: fc.constant<number[]>([]) }, fc.array(fc.nat(), { maxLength: 2 })),
    }), { maxLength: 14, size: 'max' });
    let [refused, documents] = [0, 0];
    fc.assert(fc.property(constructs, plan => {
      const build = (app: App) => {
        const made: Construct[] = [new Chart(app, 'root')];
        plan.forEach(({ kind, below, id }, i) => {
          const scope = kind === 'chart' && below % 3 === 0 ? app : made[below % made.length];
          const name = scope.node.tryFindChild(id) === undefined ? id : `${id}${100 + i}`;
          made.push(kind === 'chart' ? new Chart(scope, name) : kind === 'object' ? objectIn(scope, name) : new Construct(scope, name));
        });
        plan.forEach(({ dependencies }, i) => dependencies.forEach(target => {
          const [source, other]: IConstruct[] = [made[i + 1], made[target % made.length]];
          // cdk8s does not notice a construct that depends on itself, and recurses until the stack is full.
          if (source !== other) source.node.addDependency(other);
        }));
      };
      const [theirs, ours] = [App, StatefulApp].map(Class => {
        const app = new Class({ outdir: folder });
        build(app);
        return outcome(() => app.synthYaml());
      });
      expect(ours).toEqual(theirs);
      if (String(theirs).startsWith('Error')) refused++;
      documents += String(theirs).match(/^kind: /gm)?.length ?? 0;
    }), { numRuns: Number(process.env.APPS ?? 1000) });
    say(`compared with App: the errors of ${refused} random apps, and ${documents} documents of the others`);
  });
});

describe('a StatefulApp', () => {
  test('writes nothing if anything cannot be rendered', () => {
    const app = new StatefulApp({ outdir: path.join(folder, 'dist') });
    objectIn(new Chart(app, 'good'), 'a');
    objectIn(new Chart(app, 'bad'), 'a', { date: new Date(0) });
    expect(() => app.synth()).toThrow(/bad\/a/);
    expect(fs.existsSync(path.join(folder, 'dist'))).toBe(false);
  });

  test.each<[string, (chart: Chart) => void]>([
    ['a chart that renders itself', chart => Object.assign(chart, { toJson: () => [{ kind: 'Own', metadata: { name: 'own' } }] })],
    ['a cycle', ({ node }) => node.findChild('a').node.addDependency(node.findChild('b'))],
  ])('writes nothing if anything cannot be rendered, with %s', (_, change) => {
    const app = new StatefulApp({ outdir: path.join(folder, 'dist') });
    const good = new Chart(app, 'good');
    ['a', 'b'].forEach(id => objectIn(good, id));
    good.node.findChild('b').node.addDependency(good.node.findChild('a'));
    change(good);
    objectIn(new Chart(app, 'later'), 'a', { date: new Date(0) });
    expect(() => app.synth()).toThrow(/Failed serializing construct|Dependency cycle detected/);
    expect(fs.existsSync(path.join(folder, 'dist'))).toBe(false);
  });

  test('does not touch files that are as they should be', () => {
    const synth = (value: string) => {
      const app = new StatefulApp({ outdir: folder });
      objectIn(new Chart(app, 'same'), 'a');
      objectIn(new Chart(app, 'other'), 'a', { value });
      app.synth();
    };
    synth('one');
    const old = new Date(0);
    ['same', 'other'].forEach(name => fs.utimesSync(path.join(folder, `${name}.k8s.yaml`), old, old));
    synth('two');
    expect(fs.statSync(path.join(folder, 'same.k8s.yaml')).mtime).toEqual(old);
    expect(fs.statSync(path.join(folder, 'other.k8s.yaml')).mtime).not.toEqual(old);
    expect(fs.readFileSync(path.join(folder, 'other.k8s.yaml'), 'utf8')).toContain('value: two');
  });

  test('replaces a file that only reads like the new one', () => {
    const file = path.join(folder, 'chart.k8s.yaml');
    const app = new StatefulApp({ outdir: folder });
    objectIn(new Chart(app, 'chart'), 'a', { value: '\ufffd' });
    const text = app.synthYaml();
    fs.writeFileSync(file, text.replace('\ufffd', '\xff'), 'latin1');
    app.synth();
    expect(fs.readFileSync(file)).toEqual(Buffer.from(text));
  });

  test('visits a construct once, whatever depends on it', () => {
    const app = new StatefulApp({ outdir: folder });
    let validations = 0;
    let below: ApiObject[] = [];
    for (let level = 0; level < 12; level++) {
      const objects = [0, 1, 2].map(i => {
        const object = objectIn(new Chart(app, `c${level}-${i}`), 'a');
        object.node.addValidation({ validate: () => { validations++; return []; } });
        if (below.length > 0) object.addDependency(...below); // 3^12 ways from the last to the first
        return object;
      });
      below = objects;
    }
    app.synth();
    expect(validations).toBe(36);
    expect(fs.readdirSync(folder)).toHaveLength(36);
  });

  test('refuses properties that do not exist', () => {
    expectInvalid(() => new StatefulApp({ outDir: 'x' } as AppProps), { where: 'StatefulApp', property: 'outDir' });
  });
});
