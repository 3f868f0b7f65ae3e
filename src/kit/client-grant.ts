import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { requireVariables, setVariables, type Variables } from './client-variables';
import { conflict } from '../base/errors';
import { requireClient } from '../workload/client-input';
import type { GrantOptions } from '../workload/grant-options';
import type { NetworkAccess } from '../workload/network-access';

/** The Pods that a client connects to, and their ports. */
export interface GrantTarget {
  readonly network: NetworkAccess;
  readonly ports: kplus.ContainerPort[];
}

/** A client's grant of access to a product. */
export interface ClientGrant {
  readonly targets: GrantTarget[];
  /** The workloads of the product itself, which cannot be its clients. */
  readonly own: kplus.AbstractPod[];
  readonly options: GrantOptions;

  /**
   * The environment variables with the connection details.
   *
   * @default - none
   */
  readonly variables?: Variables;

  /** What to do if the client has another value for one of the variables, for the error message. */
  readonly todo?: string;
}

/** Grants a client access to a product. Everything is validated before anything is changed, so a refused grant has no effect. */
export function grantClient(product: IConstruct, client: kplus.AbstractPod, { targets, own, options, variables, todo = '' }: ClientGrant): void {
  requireClient(product, client);
  if (own.includes(client)) throw conflict(product, `${client.node.path}, which is part of it, is granted access to it`, 'Its own Pods do not need a grant.');
  for (const { network } of targets) network.requireGrant(client, options);
  if (variables !== undefined) requireVariables(client, variables, todo);

  for (const { network, ports } of targets) network.grant(client, ports, options);
  if (variables !== undefined) setVariables(client, variables);
}
