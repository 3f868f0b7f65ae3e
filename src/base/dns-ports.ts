import * as kplus from 'cdk8s-plus-28';

/**
 * Where DNS answers, for NetworkPolicies: these are asked after the address of the Service has become that of a Pod, and OpenShift's DNS
 * Pods listen at 5353.
 */
export const DNS_PORTS = [53, 5353].flatMap(port => [kplus.Protocol.UDP, kplus.Protocol.TCP].map(protocol => ({ port, protocol })));
