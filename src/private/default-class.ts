import { IConstruct } from 'constructs';
import { conflict } from './errors';
import { IStorageClass, StorageClass } from '../storage/storage-class';

/** What is wrong with a class, if anything. */
type Problem = (storageClass: IStorageClass) => Error | undefined;

const defaults = new WeakMap<IConstruct, StorageClass>();

/** Makes the class the app's default; throws, naming both paths, if there is one. */
export function takeDefaultClass(storageClass: StorageClass): void {
  const other = defaults.get(storageClass.node.root);
  if (other !== undefined) throw conflict(storageClass, `'isDefault' is given here and for ${other.node.path}`, 'Claims without a class would get that of the younger one: decide for one.');
  defaults.set(storageClass.node.root, storageClass);
}

/** The class that claims without one get, if the app defines it. */
export function defaultClassOf(where: IConstruct): IStorageClass | undefined {
  return defaults.get(where.node.root);
}

/**
 * Throws what is wrong with a class. If none is given, that is known only at synthesis, since the app's default class may
 * be defined later.
 */
export function requireOfClass(where: IConstruct, given: IStorageClass | undefined, problem: Problem): void {
  const wrong = given && problem(given);
  if (wrong !== undefined) throw wrong;
  if (given === undefined) where.node.addValidation({ validate: () => problemOfDefault(where, problem) });
}

function problemOfDefault(where: IConstruct, problem: Problem): string[] {
  const storageClass = defaultClassOf(where);
  const wrong = storageClass && problem(storageClass);
  return wrong === undefined ? [] : [`${wrong.message} Claims without a class get this one, the default of the app.`];
}
