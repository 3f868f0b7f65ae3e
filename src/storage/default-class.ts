import type { IConstruct } from 'constructs';
import type { IStorageClass } from './i-storage-class';
import { conflict } from '../base/errors';
import { PerApp } from '../base/per-app';

/** Returns the error for an unsuitable class. */
type Problem = (storageClass: IStorageClass) => Error | undefined;

/** The default class of each app, once one is defined. */
const defaults = new PerApp((): { is?: IStorageClass & IConstruct } => ({}));

/** Registers the app's default class. Throws, with both paths, if there already is one. */
export function takeDefaultClass(storageClass: IStorageClass & IConstruct): void {
  const standard = defaults.of(storageClass);
  const other = standard.is;
  if (other !== undefined) throw conflict(storageClass, `'isDefault' is already set on ${other.node.path}`, 'Claims without a class would use whichever is newer: set it on one class only.');
  standard.is = storageClass;
}

/** The default class, if the app defines one. */
export function defaultClassOf(where: IConstruct): IStorageClass | undefined {
  return defaults.of(where).is;
}

/**
 * Throws if the class is unsuitable. Without a class, the check runs at synthesis, since the app's default class may be
 * defined later.
 */
export function requireOfClass(where: IConstruct, given: IStorageClass | undefined, problem: Problem): void {
  const wrong = given && problem(given);
  if (wrong !== undefined) throw wrong;
  if (given === undefined) where.node.addValidation({ validate: () => problemOfDefault(where, problem) });
}

function problemOfDefault(where: IConstruct, problem: Problem): string[] {
  const storageClass = defaultClassOf(where);
  const wrong = storageClass && problem(storageClass);
  return wrong === undefined ? [] : [`${wrong.message} Claims without a class use this one, the app's default.`];
}
