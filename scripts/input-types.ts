import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';

/**
 * Writes src/input/type-table.ts: the types of what users give to our constructs, methods and factories, as the jsii assemblies have them, for the
 * check that works from JavaScript too. `npm run inputs` compiles and runs it; with `--check`, as in each compilation, a stale table is an error.
 */
const ROOT = path.join(__dirname, '..');
const TABLE = path.join(ROOT, 'src/input/type-table.ts');
const OURS = 'cdk8s-stateful';

/** How the table calls the packages of others. */
const PREFIXES: { readonly [assembly: string]: string } = { 'cdk8s': 'cdk8s.', 'cdk8s-plus-28': 'kplus.', 'constructs': 'constructs.' };

/** The parts of a jsii assembly that matter here: see @jsii/spec. */
interface TypeReference {
  readonly fqn?: string;
  readonly primitive?: string;
  readonly collection?: { readonly kind: 'array' | 'map'; readonly elementtype: TypeReference };
}
interface Value {
  readonly name: string;
  readonly type: TypeReference;
  readonly optional?: boolean;
  readonly variadic?: boolean;
  readonly static?: boolean;
}
interface Method {
  readonly name: string;
  readonly static?: boolean;
  readonly protected?: boolean;
  readonly parameters?: Value[];
  readonly returns?: { readonly type: TypeReference };
}
interface Type {
  readonly fqn: string;
  readonly assembly: string;
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'enum';
  readonly datatype?: boolean;
  readonly abstract?: boolean;
  readonly base?: string;
  readonly interfaces?: string[];
  readonly properties?: Value[];
  readonly methods?: Method[];
  readonly initializer?: { readonly parameters?: Value[]; readonly protected?: boolean };
}
type Types = Map<string, Type>;

/** The text of the table, from the assembly that jsii wrote for the sources as they are. */
export function renderTypeTable(): string {
  const packages = [ROOT, ...Object.keys(PREFIXES).map(name => path.join(ROOT, 'node_modules', name))];
  return new Table(new Map(packages.flatMap(typesOf)), createRequire(__filename)(path.join(ROOT, 'lib/index.js')) as Modules).render();
}

/** The enumerations of our package: assemblies have no wire values. */
type Modules = { readonly [name: string]: { readonly [member: string]: string } };

function typesOf(folder: string): [string, Type][] {
  const { types } = JSON.parse(fs.readFileSync(path.join(folder, '.jsii'), 'utf8')) as { types: { [fqn: string]: Type } };
  return Object.entries(types);
}

class Table {
  private readonly structs = new Map<string, string>();
  private readonly enums = new Map<string, string[]>();
  private readonly interfaces = new Map<string, string[]>();
  private readonly makers = new Map<string, string>();

  public constructor(private readonly types: Types, private readonly ours: Modules) {}

  public render(): string {
    const signatures = new Map([...this.types.values()].filter(({ assembly }) => assembly === OURS).flatMap(type => this.signaturesOf(type)));
    return [
      '// Generated from the jsii assemblies by “npm run inputs”. Do not edit.',
      '',
      section('The parameters of our constructors, by class, and of our methods and factories.', 'SIGNATURES', signatures),
      section('The properties of structs; what stands before `&` is inherited.', 'STRUCTS', this.structs),
      section('The wire values of our enumerations.', 'ENUMS', joined(this.enums)),
      section('The members that an object needs to be of an interface.', 'INTERFACES', joined(this.interfaces)),
      section('How values of a class or interface are made.', 'MAKERS', this.makers),
    ].join('\n');
  }

  private signaturesOf({ name, kind, initializer, methods = [] }: Type): [string, string][] {
    if (kind !== 'class') return [];
    return [
      ...initializer?.parameters && !initializer.protected ? [[name, this.members(initializer.parameters)] as [string, string]] : [],
      ...methods.filter(method => method.parameters && !method.protected).map(method => [`${name}.${method.name}`, this.members(method.parameters)] as [string, string]),
    ];
  }

  private members(values: Value[] = []): string {
    return values.map(({ name, type, optional, variadic }) =>
      `${variadic ? '...' : ''}${name.replace(/^_/, '')}${optional && !variadic ? '?' : ''}: ${this.reference(type)}`).join('; ');
  }

  private reference({ primitive, collection, fqn }: TypeReference): string {
    if (collection !== undefined) return `${this.reference(collection.elementtype)}${collection.kind === 'array' ? '[]' : '{}'}`;
    if (fqn !== undefined) return this.named(fqn);
    if (primitive !== undefined) return primitive;
    throw new Error('the table has no words for unions: give the property one type');
  }

  /** The name of a type, which from now on is in the table. */
  private named(fqn: string): string {
    const type = this.typeOf(fqn);
    const name = `${PREFIXES[type.assembly] ?? ''}${type.name}`;
    if (type.kind === 'enum') {
      if (type.assembly === OURS) this.enums.set(name, Object.values(this.ours[type.name]));
    } else if (type.datatype) {
      if (!this.structs.has(name)) this.addStruct(name, type);
    } else if (!this.makers.has(name)) {
      this.makers.set(name, this.makersOf(type));
      if (type.kind === 'interface') this.interfaces.set(name, [...new Set(this.required(type))].sort());
    }
    return name;
  }

  private addStruct(name: string, { interfaces = [], properties }: Type): void {
    this.structs.set(name, ''); // structs may contain themselves
    this.structs.set(name, [...interfaces.map(base => this.named(base)), this.members(properties)].filter(Boolean).join(' & '));
  }

  private required({ interfaces = [], properties = [], methods = [] }: Type): string[] {
    return [
      ...interfaces.flatMap(base => this.required(this.typeOf(base))),
      ...properties.filter(({ optional }) => !optional).map(({ name }) => name),
      ...methods.map(({ name }) => `${name}()`),
    ];
  }

  /** Some of the ways to make a value of a type: constants and factories first, then constructors. */
  private makersOf(wanted: Type): string {
    const classes = [...this.types.values()].filter(({ kind, assembly }) => kind === 'class' && (assembly === OURS || assembly === wanted.assembly));
    const makes = ({ fqn }: TypeReference) => fqn !== undefined && this.is(fqn, wanted.fqn);
    const nameOf = ({ assembly, name }: Type) => `${PREFIXES[assembly] ?? ''}${name}`;
    const own = (type: Type) => type.fqn === wanted.fqn ? 0 : 1;
    const ways = classes.sort((a, b) => own(a) - own(b) || (a.fqn < b.fqn ? -1 : 1)).flatMap(type => [
      ...(type.properties ?? []).filter(property => property.static && makes(property.type)).reverse().slice(0, 1).map(({ name }) => `${nameOf(type)}.${name}`),
      ...(type.methods ?? []).filter(method => method.static && method.returns && makes(method.returns.type)).map(({ name, parameters }) => `${nameOf(type)}.${name}(${parameters ? '…' : ''})`),
      ...type.initializer && !type.initializer.protected && !type.abstract && this.is(type.fqn, wanted.fqn) ? [`new ${nameOf(type)}(…)`] : [],
    ]);
    return ways.length <= 4 ? ways.join(', ') : `${ways.slice(0, 3).join(', ')} and others`;
  }

  /** Whether a type is another one, extends or implements it. */
  private is(fqn: string, wanted: string): boolean {
    if (fqn === wanted) return true;
    const { base, interfaces = [] } = this.types.get(fqn) ?? {};
    return [...base === undefined ? [] : [base], ...interfaces].some(parent => this.is(parent, wanted));
  }

  private typeOf(fqn: string): Type {
    const type = this.types.get(fqn);
    if (type === undefined) throw new Error(`no assembly has the type ${fqn}`);
    return type;
  }
}

function joined(lists: Map<string, string[]>): Map<string, string> {
  return new Map([...lists].map(([name, items]) => [name, items.join('; ')]));
}

/** Keys are all quoted if one has to be, as the style check wants it. */
function section(comment: string, name: string, entries: Map<string, string>): string {
  const quoted = [...entries.keys()].some(key => !/^\w+$/.test(key));
  const lines = [...entries].sort(([a], [b]) => a < b ? -1 : 1).map(([key, text]) => `  ${quoted ? `'${key}'` : key}: '${text}',`);
  return [`/** ${comment} */`, `export const ${name}: { readonly [name: string]: string | undefined } = {`, ...lines, '};', ''].join('\n');
}

if (require.main === module) {
  const table = renderTypeTable();
  if (process.argv.includes('--check') && fs.readFileSync(TABLE, 'utf8') !== table) throw new Error('src/input/type-table.ts is stale: run “npm run inputs”');
  fs.writeFileSync(TABLE, table);
}
