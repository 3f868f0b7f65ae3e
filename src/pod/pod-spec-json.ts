import * as kplus from 'cdk8s-plus-28';

const { IntOrString, Quantity, toJson_Volume: volumeJson } = kplus.k8s;

/** The fields with a different name in the API. */
const POD_FIELDS: Names = { hostIpc: 'hostIPC', hostPid: 'hostPID', setHostnameAsFqdn: 'setHostnameAsFQDN' };
const PORT_FIELDS: Names = { hostIp: 'hostIP' };

interface Names {
  readonly [field: string]: string | undefined;
}

/**
 * Converts a Pod spec to the format of the API, which has different names for a few fields than cdk8s-plus.
 *
 * `toJson_PodSpec` of cdk8s-plus does the same, but processes every possible field, which takes 3 to 4 % of the
 * synthesis time. Here, only volumes, which have many kinds, are converted that way. A test compares the results.
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

/** The defined fields, with the names of the API. */
function named(names: Names, fields: object): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) result[names[field] ?? field] = value;
  }
  return result;
}

/** Replaces quantities and ports by their values. Other values that are not dictionaries are kept, since cdk8s resolves them. */
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
