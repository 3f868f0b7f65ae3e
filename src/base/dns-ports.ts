import * as kplus from 'cdk8s-plus-28';

/**
 * The ports of DNS in NetworkPolicies. Policies are evaluated after the address of the Service is translated to that of
 * a Pod, and OpenShift's DNS Pods listen on port 5353.
 */
export const DNS_PORTS = [53, 5353].flatMap(port => [kplus.Protocol.UDP, kplus.Protocol.TCP].map(protocol => ({ port, protocol })));
