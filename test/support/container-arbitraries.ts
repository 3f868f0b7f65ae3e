import { App, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { labels, optional, sizes } from './arbitraries';
import { ContainerProbe, ContainerProbeOptions, EnvFromSource, PodContainerProps, TerminationMessagePolicy } from 'cdk8s-stateful';

/** Random properties of containers that Pod Security "restricted" admits. */

const ports = fc.integer({ min: 1, max: 65535 });
const seconds = (min: number) => fc.integer({ min, max: 600 }).map(amount => Duration.seconds(amount));

const often: fc.Arbitrary<kplus.ProbeOptions> = optional({
  failureThreshold: fc.integer({ min: 1, max: 100 }),
  initialDelaySeconds: seconds(0),
  periodSeconds: seconds(1),
  timeoutSeconds: seconds(1),
});

const headers = fc.dictionary(fc.stringMatching(/^[A-Za-z][-A-Za-z0-9]{0,10}$/), fc.stringMatching(/^[ -~]{0,20}$/), { maxKeys: 3 });

function probes(options: fc.Arbitrary<ContainerProbeOptions>): fc.Arbitrary<kplus.Probe> {
  return fc.oneof(
    fc.tuple(options, ports, fc.option(labels, { nil: undefined }))
      .map(([given, port, service]) => ContainerProbe.fromGrpc({ ...given, port, service })),
    fc.tuple(options, ports, headers).map(([given, port, named]) => ContainerProbe.fromHttpGet('/up', { ...given, port, headers: named })),
    fc.tuple(options, ports).map(([given, port]) => ContainerProbe.fromTcpSocket({ ...given, port })),
    options.map(given => ContainerProbe.fromCommand(['true'], given)),
  );
}

const ending = fc.tuple(often, optional({ terminationGrace: seconds(1) })).map(([given, grace]) => ({ ...given, ...grace }));

/** A request that is the limit, or is left out. */
const amounts = fc.tuple(sizes, fc.boolean(), fc.boolean())
  .map(([size, request, limit]) => ({ ...request && { request: size }, ...limit && { limit: size } }));

const sourceOptions = optional({ optional: fc.boolean(), prefix: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/) });
const envFrom = fc.array(fc.tuple(fc.boolean(), labels, sourceOptions), { maxLength: 2 })
  .map(sources => sources.map(([secret, name, options]) => secret
    ? EnvFromSource.secret(kplus.Secret.fromSecretName(new App(), 'Secret', name), options)
    : EnvFromSource.configMap(kplus.ConfigMap.fromConfigMapName(new App(), 'ConfigMap', name), options)));

const vendors = fc.constantFrom('nvidia.com/gpu', 'amd.com/gpu', 'smarter-devices/fuse', 'example.com/a_b.c');

/** What any container may say, beside its name, image and ports. */
export const containers: fc.Arbitrary<Partial<PodContainerProps>> = optional({
  extendedResources: fc.dictionary(vendors, fc.integer({ min: 1, max: 8 }), { maxKeys: 2 }),
  resources: fc.record({ memory: amounts, ephemeralStorage: amounts }),
  seLinuxOptions: optional({ level: fc.constant('s0:c1,c2'), type: fc.constantFrom('container_t', 'container_init_t', 'container_kvm_t') }),
  stdin: fc.boolean(),
  tty: fc.boolean(),
  terminationMessagePolicy: fc.constantFrom(...Object.values(TerminationMessagePolicy)),
  terminationMessagePath: fc.constantFrom('/dev/termination-log', '/run/last-words'),
  envFrom,
});

/** The same for one that goes on running. */
export const probedContainers: fc.Arbitrary<Partial<PodContainerProps>> = fc.tuple(containers, optional({
  startup: probes(ending),
  liveness: probes(ending),
  readiness: probes(fc.tuple(often, optional({ successThreshold: fc.integer({ min: 1, max: 5 }) }))
    .map(([given, passes]) => ({ ...given, ...passes }))),
})).map(([given, probed]) => ({ ...given, ...probed }));
