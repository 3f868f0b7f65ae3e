/** @beside-others */
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { labels } from '../../support/arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { StatefulWorkload } from 'cdk8s-stateful';

const PORTS = [7000, 7001, 9090];

const selected = fc.dictionary(labels, labels, { maxKeys: 2, noNullPrototype: true });
const expressions = fc.array(fc.oneof(
  fc.tuple(labels, fc.uniqueArray(labels, { minLength: 1, maxLength: 2 })).map(([key, values]) => kplus.LabelExpression.in(key, values)),
  labels.map(key => kplus.LabelExpression.exists(key)),
), { maxLength: 2 });
const addresses = fc.tuple(fc.integer({ min: 1, max: 223 }), fc.integer({ min: 8, max: 32 })).map(([first, bits]) => `${first}.0.0.0/${bits}`);

/** A peer, which is a construct and so made when an input is used. */
type Peer = (scope: Construct) => kplus.INetworkPolicyPeer;

const peers: fc.Arbitrary<Peer> = fc.oneof(
  fc.tuple(selected, expressions).map(([own, further]): Peer => scope => kplus.Pods.select(scope, 'Pods', { labels: own, expressions: further })),
  fc.tuple(selected, fc.uniqueArray(labels, { minLength: 1, maxLength: 2 })).map(([own, names]): Peer => scope =>
    kplus.Pods.select(scope, 'Pods', { labels: own, namespaces: kplus.Namespaces.select(scope, 'Namespaces', { names }) })),
  selected.map((own): Peer => scope => kplus.Namespaces.select(scope, 'Namespaces', { labels: own })),
  addresses.map((cidr): Peer => scope => kplus.NetworkPolicyIpBlock.ipv4(scope, 'Addresses', cidr)),
);

const inputs = fc.record({
  isolate: fc.boolean(),
  egress: fc.boolean(),
  grants: fc.array(fc.record({
    client: fc.integer({ min: 0, max: 2 }),
    egress: fc.option(fc.boolean(), { nil: undefined }),
    ports: fc.option(fc.subarray(PORTS, { minLength: 1 }), { nil: undefined }),
  }), { maxLength: 5 }),
  scrapers: fc.array(peers, { maxLength: 3 }),
});

acceptsWhateverIsAllowed('grant', inputs, (chart, { isolate, egress, grants, scrapers }) => {
  const store = new StatefulWorkload(chart, 'Store', {
    isolate, egress, containers: [{ image: 'store:1', ports: PORTS.map(number => ({ number, name: number === 9090 ? 'metrics' : undefined })) }],
  });
  const clients = [
    new StatefulWorkload(chart, 'Set', { containers: [{ image: 'client:1' }] }).workload,
    new StatefulWorkload(chart, 'Limited', { egress: true, containers: [{ image: 'client:1' }] }).workload,
    new StatefulWorkload(chart, 'Open', { isolate: false, containers: [{ image: 'client:1' }] }).workload,
  ];
  for (const { client, ...options } of grants) store.grantConnect(clients[client], options);
  for (const [i, peer] of scrapers.entries()) store.grantScrape(peer(new Construct(chart, `Scraper${i}`)));
});
