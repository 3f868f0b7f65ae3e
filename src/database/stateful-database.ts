import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DatabaseCredentials } from './database-credentials';
import { DatabaseRequest, DatabaseServer } from './database-engine';
import { DatabaseVolumes } from './database-volumes';
import { ConnectionEnvOptions, DatabaseGrantOptions, StatefulDatabaseProps } from './stateful-database-props';
import { requireClient } from '../private/client-input';
import { setVariables } from '../private/client-variables';
import { conflict, invalid, requireInteger } from '../private/errors';
import { nameOf, namespaceOf } from '../private/names';
import { requireSize } from '../private/quantity';
import { createService, headlessServiceName, serviceDnsName } from '../private/services';
import { requireOwnData, storageClaim } from '../private/storage-claim';
import { Members } from '../workload/members';
import { StatefulWorkload } from '../workload/stateful-workload';

const DEFAULT_MEMORY = Size.gibibytes(1);
const DEFAULT_CPU = kplus.Cpu.millis(250);

/**
 * A database that keeps its data: one primary, and read replicas where the engine has them.
 *
 * The Secret `<name>-credentials` must exist before the Pods start:
 *
 * ```sh
 * kubectl create secret generic orders-credentials --from-literal=username=orders --from-literal=password="$(openssl rand -hex 16)"
 * ```
 *
 * What plain manifests cannot do: there is no failover. The member of ordinal 0 is the primary for ever; while its
 * node is away nobody writes, and Kubernetes starts it again as soon as its volume can be mounted. The primary never
 * starts empty beside a read replica that runs with the data.
 *
 * @example
 * const orders = new StatefulDatabase(this, 'Orders', {
 *   engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
 *   storage: { size: Size.gibibytes(20) },
 *   readReplicas: 1,
 * });
 * const api = new kplus.Deployment(this, 'Api', { containers: [{ image: 'shop/api:1', portNumber: 8080 }] });
 * orders.grantConnect(api);
 */
export class StatefulDatabase extends Construct {
  /** The name of the StatefulSet and of the Service that leads to the primary. */
  public readonly name: string;
  /** The name of the database. */
  public readonly databaseName: string;
  /** The port of the server. */
  public readonly port: number;
  /** The DNS name that leads to the primary: fully qualified if the chart names its namespace, else relative to it. */
  public readonly host: string;
  /**
   * The DNS name that leads to all members that are ready, the primary among them: a Service cannot leave out one
   * member, and reads go on when the replicas are away. Undefined without read replicas.
   */
  public readonly readHost?: string;
  /** The user that the database is made with. */
  public readonly credentials: DatabaseCredentials;
  /** The cdk8s-plus view of the set: scheduling, connections, selectors, further containers, which are restricted too. */
  public readonly workload: kplus.Workload;
  /** The members: add sidecars, further claims and volumes here. */
  public readonly statefulWorkload: StatefulWorkload;

  private readonly server: DatabaseServer;

  /**
   * Throws if a name, a number or a parameter could not work.
   */
  public constructor(scope: Construct, id: string, props: StatefulDatabaseProps) {
    super(scope, id);
    this.name = nameOf(this, props.name);
    this.databaseName = this.requireDatabaseName(props.databaseName ?? 'app');
    this.port = requireInteger(this, 'engine.port', props.engine.port, 1, 65535);
    this.credentials = props.credentials
      ?? DatabaseCredentials.fromSecret(kplus.Secret.fromSecretName(this, 'Credentials', `${this.name}-credentials`));
    const readReplicas = this.requireReadReplicas(props);
    requireOwnData(this, 'storage', props.storage, 1 + readReplicas,
      `Replicas copy the primary: restore only its claim, by a PersistentVolumeClaim of the name 'data-${this.name}-0' with that source, and leave it out here.`);
    const memory = this.memoryOf(props.resources?.memory);

    this.server = props.engine.bind(this.requestOf(props, readReplicas, memory.limit));
    this.statefulWorkload = this.createMembers(props, readReplicas);
    this.workload = this.statefulWorkload.workload;
    this.addContainers(props, { ...props.resources, cpu: props.resources?.cpu ?? { request: DEFAULT_CPU }, memory });
    this.host = this.createService('Service', this.name, props, { 'statefulset.kubernetes.io/pod-name': this.statefulWorkload.podName(0) });
    this.readHost = readReplicas === 0 ? undefined : this.createService('ReadService', `${this.name}-read`, props);
  }

  /**
   * The environment variables that tell a client how to connect to the primary; the user's name and the password by
   * reference to the Secret.
   *
   * @param options other names, or credentials of the client's own
   */
  public connectionEnv(options: ConnectionEnvOptions = {}): { [name: string]: kplus.EnvValue } {
    const { prefix, credentials = this.credentials } = options;
    if (prefix !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(prefix)) {
      throw invalid(this, { property: 'prefix', got: prefix, expected: "letters, digits and '_', not beginning with a digit", hint: "For example 'ORDERS_'." });
    }
    const names = prefix === undefined ? this.server.connection : {
      host: `${prefix}HOST`, port: `${prefix}PORT`, databaseName: `${prefix}NAME`, username: `${prefix}USERNAME`, password: `${prefix}PASSWORD`,
    };
    return {
      [names.host]: kplus.EnvValue.fromValue(this.host),
      [names.port]: kplus.EnvValue.fromValue(`${this.port}`),
      [names.databaseName]: kplus.EnvValue.fromValue(this.databaseName),
      [names.username]: credentials.username,
      [names.password]: credentials.password,
    };
  }

  /**
   * Lets a workload connect: sets the variables of `connectionEnv` in each container that it has by now, and writes
   * NetworkPolicies for both sides.
   *
   * @param client the workload to let in. Throws if it has no containers yet, if one of them has another value for a
   *   variable, or if it is in another namespace and no credentials are given.
   * @param options how
   */
  public grantConnect(client: kplus.AbstractPod, options: DatabaseGrantOptions = {}): void {
    requireClient(this, client);
    this.requireReadableCredentials(client, options);
    const variables = this.connectionEnv(options);
    this.statefulWorkload._grantPorts(client, [this.port], options);
    setVariables(client, variables, "Give 'prefix', for example 'ORDERS_', to name this database's variables otherwise.");
  }

  private requestOf(props: StatefulDatabaseProps, readReplicas: number, memory: Size): DatabaseRequest {
    const membersHost = serviceDnsName(this, headlessServiceName(this.name), props.clusterDomain);
    return {
      path: this.node.path,
      name: this.name,
      databaseName: this.databaseName,
      primaryHost: `${this.name}-0.${membersHost}`,
      membersHost,
      memory,
      storage: requireSize(this, 'storage.size', props.storage.size),
      readReplicas,
      parameters: props.parameters ?? {},
      image: props.image,
      ...DatabaseVolumes.PATHS,
    };
  }

  private createMembers(props: StatefulDatabaseProps, readReplicas: number): StatefulWorkload {
    const { user, podManagement, terminationGrace } = this.server;
    return new StatefulWorkload(this, 'Resource', {
      ...props, // of which it takes what is about Pods
      name: this.name,
      members: Members.replicas(1 + readReplicas),
      podManagement: podManagement ?? kplus.PodManagementPolicy.PARALLEL,
      retention: props.storage.retention,
      security: { ...props.security, user: props.security?.user ?? user },
      terminationGrace: props.terminationGrace ?? terminationGrace,
    });
  }

  private addContainers(props: StatefulDatabaseProps, resources: kplus.ContainerResources): void {
    const { image, command, args, prepareCommand, env = {}, startup, readiness, liveness } = this.server;
    const envVariables = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, kplus.EnvValue.fromValue(value)]));
    const volumes = new DatabaseVolumes(this, 'Volumes', {
      workload: this.statefulWorkload,
      data: this.statefulWorkload.addClaim('data', storageClaim(this, 'storage', props.storage)),
      server: this.server,
      credentials: this.credentials,
      initScripts: props.initScripts ?? {},
    });
    if (prepareCommand !== undefined) {
      volumes.mountInto(this.statefulWorkload.addInitContainer({ name: 'prepare', image, command: prepareCommand, args, envVariables, resources }));
    }
    volumes.mountInto(this.statefulWorkload.addContainer({
      name: props.engine.name,
      image,
      command,
      args,
      envVariables,
      resources,
      ports: [{ name: props.engine.name, number: this.port }],
      startup,
      readiness,
      liveness,
    }));
  }

  private createService(id: string, name: string, props: StatefulDatabaseProps, selector: { [label: string]: string } = {}): string {
    createService(this, id, {
      name,
      selector: { [kplus.Pod.ADDRESS_LABEL]: this.name, ...selector },
      ports: () => [{ name: props.engine.name, number: this.port }],
    });
    return serviceDnsName(this, name, props.clusterDomain);
  }

  /** Memory is not overcommitted: a server that is killed for its neighbour's sake takes its clients along. */
  private memoryOf(memory: kplus.MemoryResources = {}): { readonly request: Size; readonly limit: Size } {
    const limit = memory.limit ?? memory.request ?? DEFAULT_MEMORY;
    const request = memory.request ?? limit;
    if (request.toKibibytes() > limit.toKibibytes()) {
      throw conflict(this, `the memory request ${request.toMebibytes()}Mi exceeds the limit ${limit.toMebibytes()}Mi`, 'Give the limit alone: the request follows it.');
    }
    return { request, limit };
  }

  private requireDatabaseName(databaseName: string): string {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(databaseName)) {
      throw invalid(this, { property: 'databaseName', got: databaseName, expected: "at most 63 letters, digits and '_', not beginning with a digit" });
    }
    return databaseName;
  }

  private requireReadReplicas({ engine, readReplicas = 0 }: StatefulDatabaseProps): number {
    requireInteger(this, 'readReplicas', readReplicas, 0);
    if (readReplicas > engine.maxReadReplicas) {
      throw invalid(this, {
        property: 'readReplicas',
        got: readReplicas,
        expected: engine.maxReadReplicas === 0 ? `0: ${engine.name} runs as a single instance here` : `at most ${engine.maxReadReplicas} for ${engine.name}`,
        hint: engine.maxReadReplicas === 0 ? 'Leave it out, or use DatabaseEngine.postgres, whose replicas stream from the primary.' : undefined,
      });
    }
    return readReplicas;
  }

  private requireReadableCredentials(client: kplus.AbstractPod, options: DatabaseGrantOptions): void {
    const [own, theirs] = [namespaceOf(this), client.metadata.namespace];
    if (own === theirs) return;
    if (own === undefined) {
      throw conflict(client, `a workload of namespace '${theirs}' is granted access to '${this.name}', whose namespace is not known`, "Give the chart of the database a 'namespace'.");
    }
    if (theirs !== undefined && options.credentials === undefined) {
      throw conflict(client,
        `a workload of namespace '${theirs}' cannot read the Secret '${this.credentials.secret.name}' of namespace '${own}'`,
        `Copy the Secret to '${theirs}' and name the copy: grantConnect(client, { credentials: DatabaseCredentials.fromSecret(copy) }).`);
    }
  }
}
