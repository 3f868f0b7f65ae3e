import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { requireVariables, setVariables, type Variables } from './client-variables';
import { conflict } from '../base/errors';
import { requireClient } from '../workload/client-input';
import type { GrantOptions } from '../workload/grant-options';
import type { NetworkAccess } from '../workload/network-access';

/** Pods that a client connects to, and where they listen. */
export interface GrantTarget {
  readonly network: NetworkAccess;
  readonly ports: kplus.ContainerPort[];
}

/** What a client of a product is granted. */
export interface ClientGrant {
  readonly targets: GrantTarget[];
  /** The workloads that the product itself consists of: none of them is its client. */
  readonly own: kplus.AbstractPod[];
  readonly options: GrantOptions;

  /**
   * How the client connects.
   *
   * @default - it is told nothing
   */
  readonly variables?: Variables;

  /** What to do where the client has another value for one of the variables, for the message. */
  readonly todo?: string;
}

/** Grants a client access to a product: first all is checked, then all is written. So a grant that is refused leaves everything as it was. */
export function grantClient(product: IConstruct, client: kplus.AbstractPod, { targets, own, options, variables, todo = '' }: ClientGrant): void {
  requireClient(product, client);
  if (own.includes(client)) throw conflict(product, `${client.node.path}, which is part of it, is granted access to it`, 'Its own Pods reach what they need without a grant.');
  for (const { network } of targets) network.requireGrant(client, options);
  if (variables !== undefined) requireVariables(client, variables, todo);

  for (const { network, ports } of targets) network.grant(client, ports, options);
  if (variables !== undefined) setVariables(client, variables);
}
