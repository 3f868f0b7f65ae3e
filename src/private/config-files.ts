import { ApiObject, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { volumePlaceholder } from './placeholder-volumes';
import { takeName } from './taken-names';
import { StatefulWorkload } from '../workload/stateful-workload';

/** Contents by file name. */
export interface Files {
  readonly [name: string]: string;
}

/**
 * Files in the Pods of a set: a ConfigMap `<set>-<name>`, the volume `name` that shows it, and a checksum that rolls the
 * Pods when a file changes. The files are asked for when they render.
 *
 * A plain ApiObject, like Services, budgets and policies: the typed one is walked twice at synthesis.
 */
export function configFiles(set: StatefulWorkload, name: string, files: () => Files): kplus.Volume {
  const configMap = `${set.name}-${name}`;
  takeName(set, 'ConfigMap', configMap);
  const object = new ApiObject(set, `Files-${name}`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configMap },
    data: Lazy.any({ produce: () => ({ ...files() }) }), // cdk8s renders no object without a prototype
  });
  set._rollOnChange({ name: configMap, get data() { return files(); } });
  return volumePlaceholder(object, { name, configMap: { name: configMap } }, set);
}
