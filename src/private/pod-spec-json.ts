import * as kplus from 'cdk8s-plus-28';

const { IntOrString, Quantity, toJson_Volume: volumeJson } = kplus.k8s;

/** The fields that the API calls by another name; what is undefined is not rendered. */
const RENAMED = { hostIpc: undefined, hostPid: undefined, setHostnameAsFqdn: undefined };

/**
 * A Pod spec as the API has it, which names a few fields otherwise than cdk8s-plus does.
 *
 * `toJson_PodSpec` of cdk8s-plus does the same, but looks at each field that there could be, which takes a tenth of the
 * synthesis; here only volumes, whose kinds are many, go that way. A test compares the two.
 */
export function podSpecJson(spec: kplus.k8s.PodSpec): object {
  return {
    ...spec,
    ...RENAMED,
    containers: spec.containers.map(containerJson),
    initContainers: spec.initContainers?.map(containerJson),
    ephemeralContainers: spec.ephemeralContainers?.map(containerJson),
    overhead: plain(spec.overhead),
    hostIPC: spec.hostIpc,
    hostPID: spec.hostPid,
    setHostnameAsFQDN: spec.setHostnameAsFqdn,
    volumes: spec.volumes?.map(volumeJson),
  };
}

function containerJson(container: kplus.k8s.Container): unknown {
  return plain({ ...container, ports: container.ports?.map(port => ({ ...port, hostIp: undefined, hostIP: port.hostIp })) });
}

/** Quantities and ports as the values that they stand for. What else is no dictionary stays: cdk8s resolves it. */
function plain(value: unknown): unknown {
  if (value instanceof Quantity || value instanceof IntOrString) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (!isDictionary(value)) return value;
  const result: Record<string, unknown> = {};
  for (const key in value) {
    if (value[key] !== undefined) result[key] = plain(value[key]);
  }
  return result;
}

function isDictionary(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}
