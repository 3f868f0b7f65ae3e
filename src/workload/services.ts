import { type ApiObject, type ApiObjectProps, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct, IConstruct } from 'constructs';
import { invalid } from '../base/errors';
import { DNS_SUBDOMAIN, namespaceOf } from '../base/names';
import { ownMetadata, ownObject } from '../base/own-object';
import { portName } from '../pod/ports';

const SERVICE = { apiVersion: 'v1', kind: 'Service' };

/** A port of a Service, and the target port in the Pods if it differs. */
export interface ServicePort extends kplus.ContainerPort {
  readonly targetPort?: number;
}

/** A Service for the Pods of a set. */
export interface ServiceSpec {
  readonly name: string;
  /** The product or set that it belongs to. */
  readonly instance: string;
  readonly selector: { [key: string]: string };
  /** The ports, evaluated when the Service is rendered. */
  readonly ports: () => ServicePort[];
  readonly headless?: boolean;
  readonly publishNotReadyAddresses?: boolean;
}

/** The DNS name of a Service: fully qualified if the chart has a namespace, otherwise relative to the namespace. */
export function serviceDnsName(construct: IConstruct, service: string, clusterDomain = 'cluster.local'): string {
  const namespace = namespaceOf(construct);
  return namespace === undefined ? service : `${service}.${namespace}.svc.${clusterDomain}`;
}

/**
 * Creates a Service; throws if its name is taken. Every port has a name, which the API server requires if there is more
 * than one.
 *
 * It is a plain ApiObject, because the typed one is traversed twice at synthesis and each product has two or three.
 */
export function createService(scope: Construct, id: string, spec: ServiceSpec): ApiObject {
  return ownObject(scope, id, { ...SERVICE, name: spec.name, instance: spec.instance }, serviceContent(spec));
}

/** The object of a Service. */
export function serviceObject(spec: ServiceSpec): ApiObjectProps {
  return { ...SERVICE, metadata: ownMetadata(spec.name, spec.instance), ...serviceContent(spec) };
}

function serviceContent(spec: ServiceSpec): { readonly spec: object } {
  return {
    spec: {
      type: 'ClusterIP',
      clusterIP: spec.headless ? 'None' : undefined,
      publishNotReadyAddresses: spec.publishNotReadyAddresses,
      selector: spec.selector,
      ports: Lazy.any({ produce: () => servicePorts(spec.ports()) }),
    },
  };
}

/** Throws unless the domain is a valid DNS domain. */
export function requireClusterDomain(where: IConstruct, clusterDomain?: string): void {
  if (clusterDomain === undefined || DNS_SUBDOMAIN.test(clusterDomain)) return;
  throw invalid(where, { property: 'clusterDomain', got: clusterDomain, expected: 'a DNS domain', hint: "Most clusters use 'cluster.local'." });
}

/** A port in the format of the API, without the generated IntOrString. */
interface PortJson {
  readonly name: string;
  readonly port: number;
  readonly targetPort?: number;
  readonly protocol: kplus.Protocol;
}

function servicePorts(ports: ServicePort[]): PortJson[] | undefined {
  if (ports.length === 0) return undefined;
  return ports.map(port => ({
    name: portName(port),
    port: port.number,
    targetPort: port.targetPort,
    protocol: port.protocol ?? kplus.Protocol.TCP,
  }));
}
