import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { checkApp } from './app-checks';
import { duplicatesAmong } from './duplicate-objects';
import { conflict } from './errors';
import { namespaceOf } from './names';
import { PerApp } from './per-app';

/** The owners of names, by the app or chart in which the names are unique. */
const takenIn = new PerApp(app => {
  const taken = new Map<IConstruct, Map<string, IConstruct>>();
  checkApp(app, constructs => duplicatesAmong(constructs, object => placeOf(taken, object)));
  return taken;
});

/** Where the name of an object is unique, if it was taken: the cluster, a namespace, or a chart that has none. */
function placeOf(taken: Map<IConstruct, Map<string, IConstruct>>, object: ApiObject): IConstruct | string | undefined {
  const { kind, name, metadata: { namespace } } = object;
  const { root } = object.node;
  if (taken.get(root)?.has(keyInCluster(kind, name))) return root;
  const scope = namespace === undefined ? Chart.of(object) : root;
  return taken.get(scope)?.has(keyInNamespace(kind, name, namespace)) ? namespace ?? scope : undefined;
}

function keyInNamespace(kind: string, name: string, namespace = ''): string {
  return `${kind} ${namespace}/${name}`;
}

function keyInCluster(kind: string, name: string): string {
  return `${kind} ${name}`;
}

/**
 * Reserves the name of an object. Throws, with both paths, if another construct of the app has it.
 *
 * Charts of an app with the same namespace share its names. A chart without a namespace is applied to a namespace of
 * the user's choice, so it counts as a separate namespace.
 */
export function takeName(construct: IConstruct, kind: string, name: string, namespace = namespaceOf(construct)): void {
  const owner = takeInNamespace(construct, kind, name, namespace, makes(kind, name));
  if (owner === undefined) return;
  throw conflict(construct,
    `the ${kind} name '${name}' is already taken in ${namespace === undefined ? 'this chart' : `the namespace '${namespace}'`} by ${shownPath(owner)}`,
    `${kind === 'StatefulSet' ? 'Two sets of the same name would share their volumes: change' : 'Change'} the 'name' of one of them.`);
}

/**
 * Reserves the names of the claims of a template, `<template>-<set>-<ordinal>`. Throws, with both templates, if another
 * template has claims of the same names, like 'data-archive' of the set 'ledger' and 'data' of 'archive-ledger'.
 */
export function takeClaimNames(template: IConstruct, claim: string, set: string): void {
  const prefix = `${claim}-${set}-`;
  const owner = takeInNamespace(template, 'claims', prefix, namespaceOf(template), isInTree);
  if (owner === undefined) return;
  throw conflict(template, `the names of its claims, '${prefix}0' and so on, are already taken by ${owner.node.path}`,
    'Two sets would share their volumes: change the name of one of the templates or sets.');
}

/** Reserves the name of a cluster-scoped object. Throws, with both paths, if another construct of the app has it. */
export function takeClusterName(construct: IConstruct, kind: string, name: string): void {
  const owner = take(construct.node.root, keyInCluster(kind, name), construct, makes(kind, name));
  if (owner === undefined) return;
  throw conflict(construct, `the ${kind} name '${name}' is already taken in this app by ${owner.node.path}`, "Change the 'name' of one of them.");
}

/** A product makes its sets as children named Resource: users know the product. */
function shownPath(owner: IConstruct): string {
  return owner.node.path.replace(/\/Resource$/, '');
}

/** Reserves a workload for its single construct of a kind, such as a budget. If it already has one, that is returned instead. */
export function takeWorkload(construct: IConstruct, kind: string, workload: IConstruct): IConstruct | undefined {
  return take(workload.node.root, `${kind} of ${workload.node.path}`, construct, isInTree);
}

/**
 * Reserves something that only one construct may have, such as a path in ZooKeeper. If another construct has it, that
 * is returned instead. It is unique per chart for charts without a namespace, where the same address refers to
 * different servers.
 */
export function takeForOne(construct: IConstruct, what: string): IConstruct | undefined {
  return take(namespaceOf(construct) === undefined ? Chart.of(construct) : construct.node.root, what, construct, isInTree);
}

/** Whether an owner still needs what it reserved. */
type Wants = (owner: IConstruct) => boolean;

/** Reserves a name in a namespace, or returns its owner. */
function takeInNamespace(construct: IConstruct, kind: string, name: string, namespace: string | undefined, wants: Wants): IConstruct | undefined {
  return take(namespace === undefined ? Chart.of(construct) : construct.node.root, keyInNamespace(kind, name, namespace), construct, wants);
}

/** Reserves a name, or returns its owner if that still needs it. */
function take(scope: IConstruct, key: string, construct: IConstruct, wants: Wants): IConstruct | undefined {
  const names = takenIn.of(scope);
  const taken = names.get(scope) ?? new Map<string, IConstruct>();
  names.set(scope, taken);
  const owner = taken.get(key);
  if (owner !== undefined && wants(owner)) return owner;
  taken.set(key, construct);
  return undefined;
}

/** An owner that threw before it created the object, or that was removed, has released the name. */
function makes(kind: string, name: string): Wants {
  return owner => isInTree(owner) && owner.node.findAll().some(child => ApiObject.isApiObject(child) && child.kind === kind && child.name === name);
}

function isInTree(construct: IConstruct): boolean {
  const { scope, id } = construct.node;
  return scope === undefined || (scope.node.tryFindChild(id) === construct && isInTree(scope));
}
