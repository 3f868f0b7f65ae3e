import { Chart } from 'cdk8s';
import { find } from './manifests';

interface SetSpec {
  readonly template: { readonly spec: { readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[] } };
}

/** The name of the ConfigMap behind a volume of a set's Pods, with the hash of its content: another name rolls the Pods. */
export function mountedConfig(chart: Chart, set: string, volume = 'config'): string | undefined {
  const { template } = find(chart, 'StatefulSet', set).spec as SetSpec;
  return template.spec.volumes.find(({ name }) => name === volume)?.configMap?.name;
}
