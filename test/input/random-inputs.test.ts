import { Duration, Size } from 'cdk8s';
import * as fc from 'fast-check';
import { ENUMS, INTERFACES, SIGNATURES } from '../../src/input/type-table';
import { membersOf, structOf } from '../../src/input/type-texts';
import { newChart } from '../support/manifests';
import { refusalOf } from '../support/refusals';
import * as library from 'cdk8s-stateful';

/** Where in the arguments of a call a value of a type is: a parameter, and the names of properties within it. */
interface Place {
  readonly signature: string;
  readonly parameter: number;
  readonly path: readonly string[];
  readonly type: string;
}

/** All places of the table, nested ones down to this depth. */
function placesOf(signature: string, depth = 3): Place[] {
  return membersOf(SIGNATURES[signature] ?? '').flatMap(({ name, type, variadic }, parameter) => {
    if (name === 'scope' || name === 'id') return [];
    const place = { signature, parameter, path: [], type: variadic ? `${type}[]` : type };
    return variadic ? [] : [place, ...within(place, depth)];
  });
}

function within(place: Place, depth: number): Place[] {
  if (depth === 0) return [];
  if (/[\]}]$/.test(place.type)) {
    const inner = { ...place, path: [...place.path, place.type.endsWith('[]') ? '0' : 'key'], type: place.type.slice(0, -2) };
    return [inner, ...within(inner, depth - 1)];
  }
  return (structOf(place.type)?.members ?? []).flatMap(({ name, type }) => {
    const inner = { ...place, path: [...place.path, name], type };
    return [inner, ...within(inner, depth - 1)];
  });
}

const OBJECTS = [() => 1, Symbol('s'), new Date(0), new Map([['a', 1]]), 10n];

/** Values that are none of a type. */
function wrongValues(type: string): readonly unknown[] {
  if (type.endsWith('[]')) return ['a', 1, true, null, {}, [undefined], [null], ...OBJECTS];
  if (type.endsWith('{}')) return ['a', 1, true, null, [], { key: undefined }, { key: null }, ...OBJECTS];
  if (type === 'string') return [1, true, null, [], ['a'], {}, ...OBJECTS];
  if (type === 'number') return ['3', '', true, null, Number.NaN, Infinity, [], [1], {}, ...OBJECTS];
  if (type === 'boolean') return ['false', '', 0, 1, null, [], {}, ...OBJECTS];
  if (structOf(type) !== undefined) return ['a', 1, true, null, [], Size.gibibytes(1), newChart(), { noSuchName: 1, ...structOf(type)?.open ? { naem: 1 } : {} }, ...OBJECTS].filter(value => !(structOf(type)?.open === true && typeof value === 'object' && value !== null && 'noSuchName' in value));
  if (type === 'cdk8s.YamlOutputType') return ['no such', 7, true, null, [], {}, ...OBJECTS]; // the only one of numbers
  if (ENUMS[type] !== undefined) return ['no such', 1, true, null, [], {}, ...OBJECTS];
  const others = type === 'cdk8s.Duration' ? [Size.gibibytes(1)] : [Duration.seconds(1)];
  return ['a', 1, true, null, [], {}, ...INTERFACES[type] === undefined ? others : [], ...OBJECTS];
}

function argumentsOf({ signature, parameter, path }: Place, value: unknown): unknown[] {
  const nested = [...path].reverse().reduce<unknown>((inner, name) => name === '0' ? [inner] : { [name]: inner }, value);
  const members = membersOf(SIGNATURES[signature] ?? '');
  return members.map(({ name, type }, i) => {
    if (i === parameter) return nested;
    if (name === 'scope') return newChart('shop');
    if (name === 'id') return 'Id';
    return { string: 'a', number: 1 }[type] ?? undefined;
  });
}

function call({ signature }: Place, given: unknown[]): unknown {
  const [className, method] = signature.split('.');
  const made = Reflect.get(library, className) as { readonly prototype: object; new (...inputs: unknown[]): object };
  if (method === undefined) return Reflect.construct(made, given);
  return Reflect.apply(Reflect.get(method in made ? made : made.prototype, method) as () => unknown, method in made ? made : {}, given);
}

const PLACES = Object.keys(SIGNATURES).flatMap(signature => placesOf(signature));

test('a value of the wrong kind is refused by our error, wherever it is', () => {
  const wrong = fc.constantFrom(...PLACES).chain(place => fc.constantFrom(...wrongValues(place.type)).map(value => ({ place, value })));
  fc.assert(fc.property(wrong, ({ place, value }) => {
    // Parameters before the one with the wrong value may be of classes, and missing: that is refused, too.
    expect(refusalOf(() => call(place, argumentsOf(place, value))).property).toBeTruthy();
  }), { numRuns: 3000 });
}, 120_000);

test('a wrong property is named by its path', () => {
  const inProps = PLACES.filter(({ signature, parameter, path }) => !signature.includes('.') && parameter === 2 && path.length > 0);
  const wrong = fc.constantFrom(...inProps).chain(place => fc.constantFrom(...wrongValues(place.type)).map(value => ({ place, value })));
  fc.assert(fc.property(wrong, ({ place, value }) => {
    const { property = '' } = refusalOf(() => call(place, argumentsOf(place, value)));
    expect(property).toMatch(new RegExp(`^${place.path.map(name => name === '0' ? '\\[0\\]' : `\\.?${name}`).join('')}`));
  }), { numRuns: 2000 });
}, 120_000);

/** Values of the right kind, but for which nothing is made. */
const ODD: { readonly [type: string]: readonly unknown[] } = {
  'string': ['', ' ', 'a'.repeat(300), 'ä', '\n', '0', '-', '../x', '__proto__'],
  'number': [-1, 0, 0.5, 65536, 1e9, 2 ** 53, -(2 ** 53)],
  'boolean': [true, false],
  'cdk8s.Size': [Size.gibibytes(0), Size.kibibytes(1), Size.gibibytes(1e9)],
  'cdk8s.Duration': [Duration.seconds(0), Duration.millis(1), Duration.millis(90_500), Duration.days(1e6)],
};

function oddValues(type: string): readonly unknown[] {
  if (type.endsWith('[]')) return [[], ...oddValues(type.slice(0, -2)).map(value => [value, value])];
  if (type.endsWith('{}')) return [{}, ...oddValues(type.slice(0, -2)).flatMap(value => [{ key: value }, { '': value }, { 'a b/c': value }])];
  const members = ENUMS[type]?.split('; ');
  return ODD[type] ?? members ?? [];
}

const STORAGE = { size: Size.gibibytes(20) };
const BASES: { readonly [className: string]: object } = {
  StatefulWorkload: { containers: [{ image: 'a:1', portNumber: 80 }], claims: { data: STORAGE } },
  StatefulDatabase: { engine: library.DatabaseEngine.postgres({ version: library.PostgresVersion.V17 }), storage: STORAGE },
  KafkaCluster: { storage: STORAGE },
  RedisDatabase: { storage: STORAGE },
  ZooKeeperEnsemble: { storage: STORAGE },
  SharedScratchPod: {},
  PersistentVolumeClaim: STORAGE,
  StorageClass: { provisioner: library.Provisioner.awsEbs() },
  PersistentVolume: { capacity: Size.gibibytes(1), source: library.VolumeSource.nfs({ server: 's', path: '/p' }) },
};

test('an odd value of the right kind is taken or refused by our error', () => {
  const places = PLACES.filter(({ signature, path, type }) => BASES[signature] !== undefined && path.length > 0 && oddValues(type).length > 0);
  const odd = fc.constantFrom(...places).chain(place => fc.constantFrom(...oddValues(place.type)).map(value => ({ place, value })));
  fc.assert(fc.property(odd, ({ place, value }) => {
    const [, , props] = argumentsOf(place, value);
    try {
      call(place, [newChart('shop'), 'Id', { ...BASES[place.signature], ...props as object }]);
    } catch (error) {
      expect(error).toBeInstanceOf(library.InvalidInputError);
    }
  }), { numRuns: 1500 });
}, 240_000);
