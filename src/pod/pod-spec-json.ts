import * as kplus from 'cdk8s-plus-28';

const { IntOrString, Quantity, toJson_Volume: volumeJson } = kplus.k8s;

/** The fields that the API calls by another name. */
const POD_FIELDS: Names = { hostIpc: 'hostIPC', hostPid: 'hostPID', setHostnameAsFqdn: 'setHostnameAsFQDN' };
const PORT_FIELDS: Names = { hostIp: 'hostIP' };

interface Names {
  readonly [field: string]: string | undefined;
}

/**
 * A Pod spec as the API has it, which names a few fields otherwise than cdk8s-plus does.
 *
 * `toJson_PodSpec` of cdk8s-plus does the same, but looks at each field that there could be, which takes 3 to 4 % of the
 * synthesis; here only volumes, whose kinds are many, go that way. A test compares the two.
 */
export function podSpecJson(spec: kplus.k8s.PodSpec): object {
  const json = named(POD_FIELDS, spec);
  json.containers = spec.containers.map(containerJson);
  json.initContainers = spec.initContainers?.map(containerJson);
  json.ephemeralContainers = spec.ephemeralContainers?.map(containerJson);
  json.overhead = plain(spec.overhead);
  json.volumes = spec.volumes?.map(volumeJson);
  return json;
}

function containerJson(container: kplus.k8s.Container): unknown {
  return plain({ ...container, ports: container.ports?.map(port => named(PORT_FIELDS, port)) });
}

/** What is there, under the names of the API. */
function named(names: Names, fields: object): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) result[names[field] ?? field] = value;
  }
  return result;
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
