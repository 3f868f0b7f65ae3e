import { Construct } from 'constructs';
import { fqnOf, isOfClass, originOf, prototypeOf } from './class-of';
import { nearestWithin } from './nearest';
import { cdk8s, kplus } from './packages';
import { type Problem, within, withinList } from './problem';
import { ENUMS, INTERFACES } from './type-table';
import { type StructType, structOf } from './type-texts';
import { expectedOf, hintOf, unknownMember, unknownName } from './words';

/** Returns the problem with a value, or undefined. Valid values cause no allocations. */
export type Check = (value: unknown) => Problem | undefined;

/** The checks that have been created so far, by their type. */
const CHECKS = new Map<string, Check>();

/** The check of a type of the table, such as `string`, `StorageProps` or `kplus.EnvValue{}`. It is created for the first value of the type. */
export function checkOf(type: string): Check {
  const known = CHECKS.get(type);
  if (known !== undefined) return known;
  const check = makeCheck(type);
  CHECKS.set(type, check);
  return check;
}

function makeCheck(type: string): Check {
  if (type.endsWith('[]')) return listCheck(type);
  if (type.endsWith('{}')) return mapCheck(type);
  switch (type) {
    case 'any': case 'json': return () => undefined;
    case 'string': case 'boolean': return scalarCheck(type, value => typeof value === type);
    case 'number': return scalarCheck(type, value => typeof value === 'number' && Number.isFinite(value));
    case 'date': return scalarCheck(type, value => value instanceof Date);
  }
  const struct = structOf(type);
  if (struct !== undefined) return structCheck(type, struct);
  const members = enumMembers(type);
  if (members !== undefined) return enumCheck(members);
  const interfaceMembers = INTERFACES[type]?.split('; ');
  return interfaceMembers === undefined ? classCheck(type) : interfaceCheck(type, interfaceMembers);
}

function wrongKind(type: string, got: unknown): Problem {
  return { path: '', got, expected: expectedOf(type), hint: hintOf(type, got) };
}

/** A value that cdk8s resolves at synthesis, so it cannot be checked yet. */
function isLazy(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isOfClass(value, 'cdk8s.Lazy');
}

function scalarCheck(type: string, is: (value: unknown) => boolean): Check {
  return value => is(value) || isLazy(value) ? undefined : wrongKind(type, value);
}

function enumCheck(members: ReadonlyMap<unknown, string>): Check {
  const names = [...members.values()];
  return value => members.has(value) || isLazy(value) ? undefined : { path: '', got: value, ...unknownMember(value, names) };
}

/** The values of an enumeration, and how to write each. A newer release of cdk8s or cdk8s-plus may have more than the table's had. */
function enumMembers(type: string): ReadonlyMap<unknown, string> | undefined {
  const ours = ENUMS[type];
  if (ours !== undefined) return new Map(ours.split('; ').map(value => [value, value]));
  const [module, name] = type.split('.');
  const theirs: unknown = module === 'kplus' ? Reflect.get(kplus, name) : module === 'cdk8s' ? Reflect.get(cdk8s, name) : undefined;
  if (typeof theirs !== 'object' || theirs === null) return undefined;
  // An enumeration of numbers has their names as values, too.
  const entries = Object.entries(theirs).filter(([key]) => !/^\d+$/.test(key));
  return new Map(entries.map(([key, value]) => [value, typeof value === 'string' ? value : `${name}.${key}`]));
}

function classCheck(type: string): Check {
  const fqn = fqnOf(type);
  const known = new WeakSet<object>(); // the prototypes of accepted objects
  return value => {
    const prototype = typeof value === 'object' && value !== null ? prototypeOf(value) : undefined;
    if (prototype === undefined) return wrongKind(type, value);
    if (known.has(prototype)) return undefined;
    if (!isOfClass(Object(value), fqn)) return wrongKind(type, value);
    known.add(prototype);
    return undefined;
  };
}

function interfaceCheck(type: string, members: readonly string[]): Check {
  const properties = members.filter(member => !member.endsWith('()'));
  const methods = members.filter(member => member.endsWith('()')).map(member => member.slice(0, -2));
  return value => {
    if (typeof value !== 'object' || value === null) return wrongKind(type, value);
    for (const property of properties) if (!(property in value)) return wrongKind(type, value);
    for (const method of methods) if (typeof Reflect.get(value, method) !== 'function') return wrongKind(type, value);
    return undefined;
  };
}

function listCheck(type: string): Check {
  const check = checkOf(type.slice(0, -2));
  return value => {
    if (!Array.isArray(value)) return wrongKind(type, value);
    for (let i = 0; i < value.length; i++) {
      const problem = check(value[i]);
      if (problem !== undefined) return withinList(i, problem);
    }
    return undefined;
  };
}

function mapCheck(type: string): Check {
  const check = checkOf(type.slice(0, -2));
  return value => {
    if (!isPlain(value)) return wrongKind(type, value);
    for (const name in value) {
      const problem = check(value[name]);
      if (problem !== undefined) return within(name, problem);
    }
    return undefined;
  };
}

function structCheck(type: string, { members, open }: StructType): Check {
  const names = members.map(({ name }) => name);
  const checks = new Map<string, Check>();
  // Created on first use, since structs can be recursive.
  const checkFor = (name: string): Check | undefined => {
    const known = checks.get(name);
    if (known !== undefined) return known;
    const member = members.find(candidate => candidate.name === name);
    if (member !== undefined) checks.set(name, checkOf(member.type));
    return checks.get(name);
  };
  const required = members.filter(({ optional }) => !optional).map(({ name }) => name);
  const unknown = (value: Fields, name: string): Problem | undefined => {
    if (open && nearestWithin(name, names.filter(known => value[known] === undefined), 2) === undefined) return undefined;
    return { path: name, got: name, ...unknownName(name, type, names) };
  };
  // Such as Kubernetes' `requests` and `limits` in the resources of cdk8s-plus.
  const isOfSomethingElse = (fields: Fields) => {
    const given = Object.keys(fields).filter(name => fields[name] !== undefined);
    return given.length > 0 && !given.some(name => names.includes(name));
  };
  return value => {
    const fields = isPlain(value) ? value : fieldsOf(value, names);
    if (fields === undefined) return wrongKind(type, value);
    for (const name in fields) {
      if (fields[name] === undefined) continue;
      const check = checkFor(name);
      const problem = check === undefined ? unknown(fields, name) : check(fields[name]);
      if (problem !== undefined) return check === undefined ? problem : within(name, problem);
    }
    if (open && isOfSomethingElse(fields)) {
      const [name] = Object.keys(fields);
      return { path: name, got: name, ...unknownName(name, type, names) };
    }
    for (const name of required) {
      if (fields[name] === undefined) return within(name, checkFor(name)?.(undefined) ?? wrongKind(type, value));
    }
    return undefined;
  };
}

type Fields = { readonly [name: string]: unknown };

function isPlain(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = prototypeOf(value);
  return prototype === undefined || prototypeOf(prototype) === undefined;
}

/** The properties of a struct that an object of a user's class has, possibly as getters; undefined if it has none of them, or is something else. */
function fieldsOf(value: unknown, names: readonly string[]): Fields | undefined {
  if (typeof value !== 'object' || value === null || Construct.isConstruct(value) || originOf(value) !== undefined) return undefined;
  const fields = Object.fromEntries(names.map(name => [name, Reflect.get(value, name) as unknown]));
  return Object.values(fields).some(field => field !== undefined) ? fields : undefined;
}
