import { createHash } from 'crypto';
import { Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';

/** The annotation of the Pod template that changes with the configuration, and so rolls the Pods. */
export const CONFIG_CHECKSUM = 'cdk8s-stateful/config-checksum';

/** A checksum of the contents of ConfigMaps, independent of their order. */
export function configChecksum(configMaps: kplus.ConfigMap[]): string {
  const hash = createHash('sha256');
  for (const configMap of [...configMaps].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const files = [...entries(configMap.data), ...entries(configMap.binaryData)]; // of different names
    hash.update(JSON.stringify([configMap.name, files.map(([name, content]) => [name, content.length])]));
    for (const [, content] of files) hash.update(content); // not as JSON, which takes three times as long
  }
  return hash.digest('hex').slice(0, 32);
}

/** The ConfigMaps of the same chart that a rendered Pod spec references in volumes or environment variables, except those with known names. */
export function referencedConfigMaps(chart: IConstruct, podSpec: kplus.k8s.PodSpec, known: string[]): kplus.ConfigMap[] {
  const names = new Set(namesIn(podSpec));
  for (const name of known) names.delete(name);
  if (names.size === 0) return []; // the common case; the traversal below takes time in large charts
  return chart.node.findAll()
    .filter((construct): construct is kplus.ConfigMap => construct instanceof kplus.ConfigMap)
    .filter(configMap => names.has(configMap.name));
}

function namesIn(podSpec: kplus.k8s.PodSpec): string[] {
  const containers = [...podSpec.containers, ...podSpec.initContainers ?? []];
  const volumes = podSpec.volumes ?? [];
  return [
    ...volumes.map(volume => volume.configMap?.name),
    ...volumes.flatMap(volume => volume.projected?.sources ?? []).map(source => source.configMap?.name),
    ...containers.flatMap(container => container.envFrom ?? []).map(source => source.configMapRef?.name),
    ...containers.flatMap(container => container.env ?? []).map(variable => variable.valueFrom?.configMapKeyRef?.name),
  ].filter((name): name is string => name !== undefined);
}

function entries(data: { [key: string]: string }): [string, string][] {
  return Object.entries(data).map(([key, value]): [string, string] => [key, produced(value)]).sort(([a], [b]) => a < b ? -1 : 1);
}

/** The text of a value that may be lazy. */
function produced(value: string | Lazy): string {
  return value instanceof Lazy ? value.produce() : value;
}
