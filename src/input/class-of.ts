/** The symbol under which jsii stores the identity of each class, independent of copies of the package and of bundlers. */
const JSII_TYPE = Symbol.for('jsii.rtti');

const PACKAGES: { readonly [prefix: string]: string } = { 'cdk8s.': 'cdk8s.', 'kplus.': 'cdk8s-plus-28.', 'constructs.': 'constructs.' };

/** Converts the name of a type in the table to its jsii name: `cdk8s-plus-28.Volume` for `kplus.Volume`. */
export function fqnOf(type: string): string {
  const [prefix, name] = /^(?:(\w+\.))?(\w+)$/.exec(type)?.slice(1) ?? [];
  return `${prefix === undefined ? 'cdk8s-stateful.' : PACKAGES[prefix]}${name}`;
}

/** The name of the class of a method. The jsii name is preferred, since bundlers can shorten the JavaScript name. */
export function classNameOf(made: Function): string {
  return jsiiNameOf(made)?.replace(/^.*\./, '') ?? made.name;
}

/** Whether a value is an instance of this class or of a subclass, from any copy of the package. */
export function isOfClass(value: object, fqn: string): boolean {
  return classesOf(value).some(made => (jsiiNameOf(made) ?? `cdk8s-stateful.${made.name}`) === fqn);
}

/** The package of an object's class, such as `cdk8s-plus-33`, and the name of the class; undefined if there is none. */
export function originOf(value: object): { readonly from: string; readonly name: string } | undefined {
  const [fqn] = classesOf(value).flatMap(made => jsiiNameOf(made) ?? []);
  const [from, name] = fqn?.split('.') ?? [];
  return fqn === undefined ? undefined : { from, name };
}

/** The classes of an object, most specific first. */
function classesOf(value: object): Function[] {
  const classes: Function[] = [];
  for (let prototype = prototypeOf(value); prototype !== undefined; prototype = prototypeOf(prototype)) {
    const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof made === 'function') classes.push(made);
  }
  return classes;
}

function jsiiNameOf(made: Function): string | undefined {
  const info: unknown = Object.getOwnPropertyDescriptor(made, JSII_TYPE)?.value;
  return typeof info === 'object' && info !== null && 'fqn' in info && typeof info.fqn === 'string' ? info.fqn : undefined;
}

/** The prototype of an object; undefined at the end of the chain. */
export function prototypeOf(value: object): object | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}
