import { fqnOf, isOfClass, originOf } from './class-of';
import { nearest } from './nearest';
import { MAKERS } from './type-table';
import { type Member, type StructType, structOf } from './type-texts';

/** Common examples for types for which the table only has factory methods. */
const EXAMPLES: { readonly [type: string]: string | undefined } = {
  'number': 'For example 3.',
  'boolean': 'For example true.',
  'cdk8s.Size': 'For example Size.gibibytes(20).',
  'cdk8s.Duration': 'For example Duration.seconds(30).',
  'cdk8s.Cron': "For example Cron.daily(), or Cron.schedule({ minute: '0', hour: '3' }).",
  'kplus.Cpu': 'For example kplus.Cpu.millis(500).',
  'kplus.IStorage': 'For example a PersistentVolumeClaim of this library, or kplus.Volume.fromPersistentVolumeClaim(…) of a claim of cdk8s-plus.',
  'constructs.Construct': 'Pass the chart, or a construct in it.',
};

/** Values that Kubernetes no longer supports. */
const GONE: { readonly [value: string]: string | undefined } = {
  Recycle: 'Recycle is deprecated: it ran `rm -rf` in the volume. Use a StorageClass with the policy Delete, which provisions a new volume for each claim.',
};

/** Describes the values of a type for an error. */
export function expectedOf(type: string): string {
  if (type === 'string') return 'a string';
  if (type === 'number') return 'a number';
  if (type === 'boolean') return 'true or false';
  if (type === 'date') return 'a Date';
  if (type.endsWith('[]')) return `a list: ${expectedOf(type.slice(0, -2))} each`;
  if (type.endsWith('{}')) return `an object that has ${expectedOf(type.slice(0, -2))} for each name`;
  const struct = structOf(type);
  if (struct !== undefined) return `an object of ${requiredFirst(struct).map(({ name, optional }) => optional ? `${name}?` : name).join(', ')}`;
  const name = shown(type);
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** A hint how to fix a value of the wrong type. */
export function hintOf(type: string, value: unknown): string {
  if (value === undefined) return exampleOf(type) ?? 'It is required.';
  if (value === null) return 'Omit properties that are not set: null is not allowed.';
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return `Quote it: '${value}'.`;
  if (type === 'number' && typeof value === 'string' && Number.isFinite(Number.parseFloat(value))) return 'Write numbers without quotes or units.';
  if (type === 'boolean' && (value === 'true' || value === 'false')) return `Write it without quotes: ${value}.`;
  return (typeof value === 'object' ? hintOfObject(type, value) : undefined) ?? exampleOf(type) ?? 'Check where the value comes from.';
}

/** An example of a value of a type. */
function exampleOf(type: string): string | undefined {
  if (type.endsWith('[]')) return 'Write […], even for a single value.';
  if (type.endsWith('{}')) return 'Write { name: … }.';
  const struct = structOf(type);
  if (struct !== undefined) {
    const [first, ...others] = requiredFirst(struct);
    return `Write { ${[first, ...others.filter(({ optional }) => !optional)].map(({ name }) => `${name}: …`).join(', ')} }.`;
  }
  const makers = MAKERS[type];
  return EXAMPLES[type] ?? (makers && `Use ${makers.replace(/\b(cdk8s|constructs)\./g, '')}.`);
}

/** A hint for an object of another class. */
function hintOfObject(type: string, value: object): string | undefined {
  if (MAKERS[type] === undefined) return undefined;
  const origin = originOf(value);
  const [line] = fqnOf(type).split('.');
  if (origin !== undefined && origin.from !== line && /^cdk8s-plus-\d+$/.test(origin.from)) {
    return `This ${origin.name} is from ${origin.from}; this library works with cdk8s-plus-28.`;
  }
  // Sets and scratch Pods of this library have the cdk8s-plus workload as a property.
  const [property] = ['workload', 'pod'].filter(name => {
    const inner: unknown = Reflect.get(value, name);
    return typeof inner === 'object' && inner !== null && isOfClass(inner, fqnOf(type));
  });
  return property && `Pass its '${property}'.`;
}

/** The problem with an unknown property name. */
export function unknownName(name: string, struct: string, names: readonly string[]): { readonly expected: string; readonly hint: string } {
  const meant = nearest(name, names) ?? partOf(name, names);
  return {
    expected: `a property of ${shown(struct)}`,
    hint: meant === undefined ? `It has ${names.join(', ')}. Remove your own properties before you pass the object on.` : `Did you mean '${meant}'?`,
  };
}

/** The property whose name ends with this word, such as `readReplicas` for `replicas`. */
function partOf(word: string, names: readonly string[]): string | undefined {
  return word.length < 4 ? undefined : names.find(name => name.toLowerCase().endsWith(word.toLowerCase()));
}

function requiredFirst({ members }: StructType): Member[] {
  return [...members.filter(({ optional }) => !optional), ...members.filter(({ optional }) => optional)];
}

/** The problem with an unknown enum value. */
export function unknownMember(value: unknown, members: readonly string[]): { readonly expected: string; readonly hint: string } {
  const meant = typeof value === 'string' ? nearest(value, members) : undefined;
  const hint = typeof value === 'string' ? GONE[value] : undefined;
  return {
    expected: `one of ${members.map(member => member === '' ? "''" : member).join(', ')}`,
    hint: hint ?? (meant === undefined ? `For example '${members[0]}'.` : `Did you mean '${meant}'?`),
  };
}

/** The name of a type as users write it, with `* as kplus` and the classes of cdk8s imported. */
function shown(type: string): string {
  return type.replace(/^(cdk8s|constructs)\./, '');
}
