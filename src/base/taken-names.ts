import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { conflict } from './errors';
import { namespaceOf } from './names';
import { PerApp } from './per-app';

/** Who took what, by the app or chart within which it is unique. */
const takenIn = new PerApp(() => new Map<IConstruct, Map<string, IConstruct>>());

/**
 * Takes a name for an object and throws, naming both paths, if another construct of the app has it.
 *
 * Charts of one app that name the same namespace share its names. A chart without a namespace is applied to
 * whatever namespace its user chooses, so it is taken as one of its own.
 */
export function takeName(construct: IConstruct, kind: string, name: string, namespace = namespaceOf(construct)): void {
  const owner = takeInNamespace(construct, kind, name, namespace, makes(kind, name));
  if (owner === undefined) return;
  throw conflict(construct,
    `the ${kind} name '${name}' is already taken in this ${namespace === undefined ? 'chart' : `namespace '${namespace}'`} by ${owner.node.path}`,
    `${kind === 'StatefulSet' ? 'Two sets of one name would share their volumes: give' : 'Give'} one of them another 'name'.`);
}

/**
 * Takes the names of the claims that a set makes from a template, `<template>-<set>-<ordinal>`, and throws, naming both
 * templates, if another one makes claims of these names: 'data-archive' of 'ledger' and 'data' of 'archive-ledger' do.
 */
export function takeClaimNames(template: IConstruct, claim: string, set: string): void {
  const prefix = `${claim}-${set}-`;
  const owner = takeInNamespace(template, 'claims', prefix, namespaceOf(template), isInTree);
  if (owner === undefined) return;
  throw conflict(template, `the names of its claims, '${prefix}0' and so on, are already taken by ${owner.node.path}`,
    'Two sets would share their volumes: give one of the templates or sets another name.');
}

/** Takes a name for an object of a kind that has no namespace; throws, naming both paths, if another construct of the app has it. */
export function takeClusterName(construct: IConstruct, kind: string, name: string): void {
  const owner = take(construct.node.root, `${kind} ${name}`, construct, makes(kind, name));
  if (owner === undefined) return;
  throw conflict(construct, `the ${kind} name '${name}' is already taken in this app by ${owner.node.path}`, "Give one of them another 'name'.");
}

/** Takes a workload for its one construct of a kind, such as a budget, unless it has one already, which is returned. */
export function takeWorkload(construct: IConstruct, kind: string, workload: IConstruct): IConstruct | undefined {
  return take(workload.node.root, `${kind} of ${workload.node.path}`, construct, isInTree);
}

/**
 * Takes something that one construct only may have, such as a path in ZooKeeper, unless another one has it, which is returned. In charts
 * without a namespace, where the same address leads elsewhere, it is another one.
 */
export function takeForOne(construct: IConstruct, what: string): IConstruct | undefined {
  return take(namespaceOf(construct) === undefined ? Chart.of(construct) : construct.node.root, what, construct, isInTree);
}

/** Whether an owner still wants what it took. */
type Wants = (owner: IConstruct) => boolean;

/** Takes a name in a namespace unless somebody has it, who is returned. */
function takeInNamespace(construct: IConstruct, kind: string, name: string, namespace: string | undefined, wants: Wants): IConstruct | undefined {
  return take(namespace === undefined ? Chart.of(construct) : construct.node.root, `${kind} ${namespace ?? ''}/${name}`, construct, wants);
}

/** Takes a name unless somebody has it and still wants it, who is returned. */
function take(scope: IConstruct, key: string, construct: IConstruct, wants: Wants): IConstruct | undefined {
  const names = takenIn.of(scope);
  const taken = names.get(scope) ?? new Map<string, IConstruct>();
  names.set(scope, taken);
  const owner = taken.get(key);
  if (owner !== undefined && wants(owner)) return owner;
  taken.set(key, construct);
  return undefined;
}

/** Whoever threw before the object was made, or was removed, has given the name back. */
function makes(kind: string, name: string): Wants {
  return owner => isInTree(owner) && owner.node.findAll().some(child => ApiObject.isApiObject(child) && child.kind === kind && child.name === name);
}

function isInTree(construct: IConstruct): boolean {
  const { scope, id } = construct.node;
  return scope === undefined || (scope.node.tryFindChild(id) === construct && isInTree(scope));
}
