import type { IConstruct } from 'constructs';
import type { IStorageClass } from './i-storage-class';
import { conflict } from '../base/errors';
import { PerApp } from '../base/per-app';

/** What is wrong with a class, if anything. */
type Problem = (storageClass: IStorageClass) => Error | undefined;

/** The default class, once there is one. */
const defaults = new PerApp((): { is?: IStorageClass & IConstruct } => ({}));

/** Makes the class the app's default; throws, naming both paths, if there is one. */
export function takeDefaultClass(storageClass: IStorageClass & IConstruct): void {
  const standard = defaults.of(storageClass);
  const other = standard.is;
  if (other !== undefined) throw conflict(storageClass, `'isDefault' is given here and for ${other.node.path}`, 'Claims without a class would get that of the younger one: decide for one.');
  standard.is = storageClass;
}

/** The class that claims without one get, if the app defines it. */
export function defaultClassOf(where: IConstruct): IStorageClass | undefined {
  return defaults.of(where).is;
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
