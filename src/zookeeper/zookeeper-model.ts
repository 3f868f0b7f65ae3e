import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { requireListedCfg } from './listed-cfg';
import { zooCfgProblem } from './zoo-cfg';
import type { ZooKeeperEnsembleProps } from './zookeeper-ensemble-props';
import { heapBelow, MIN_MEMORY, MIN_OUTSIDE_HEAP } from './zookeeper-jvm';
import { ZooKeeperVersion } from './zookeeper-version';
import { conflict, invalid, mustNotBeSet } from '../base/errors';
import { mebibytes } from '../base/quantity';
import { requireNoSecret } from '../kit/secret-settings';
import { requireVersion } from '../kit/version';
import type { StorageProps } from '../storage/storage-props';
import { ClaimRetention, type VolumeRetention } from '../storage/volume-retention';
import type { MemberNames } from '../workload/member-names';
import { Members } from '../workload/members';

/** An ensemble as plain values, with all checks done and all defaults resolved. */
export interface ZooKeeperModel {
  readonly names: MemberNames;
  readonly members: Members;
  readonly image: string;
  readonly resources: kplus.ContainerResources;
  readonly heapMebibytes: number;
  readonly terminationGrace: Duration;
  readonly storage: StorageProps;
  /** The storage of the transaction log, if it has its own volume. */
  readonly logStorage?: StorageProps;
  /** The settings of `zoo.cfg` given by the user. */
  readonly config: { readonly [key: string]: string };
}

/** The model of an ensemble. Throws if the number of members, a setting, a size or the memory is invalid. */
export function zooKeeperModel(where: IConstruct, names: MemberNames, props: ZooKeeperEnsembleProps): ZooKeeperModel {
  const { config = {}, unlistedSettings = [] } = props;
  requireConfig(where, config);
  requireOneRetention(where, props.storage.retention, props.logStorage?.retention);
  const version = requireVersion(where, props.version ?? ZooKeeperVersion.V3_9, ZooKeeperVersion);
  requireListedCfg(where, version, config, unlistedSettings);
  const memory = memoryOf(where, props);
  return {
    names,
    members: membersOf(where, props.members ?? 3),
    image: props.image ?? version._image,
    resources: {
      ...props.resources,
      cpu: props.resources?.cpu ?? { request: kplus.Cpu.millis(250) },
      memory: { request: props.resources?.memory?.request ?? memory, limit: memory },
    },
    heapMebibytes: heapOf(where, props.heap, memory),
    terminationGrace: props.terminationGrace ?? Duration.seconds(60),
    storage: props.storage,
    logStorage: props.logStorage,
    config: { ...config },
  };
}

function requireConfig(where: IConstruct, config: { [key: string]: string }): void {
  for (const [key, value] of Object.entries(config)) requireNoSecret(where, `config.${key}`, key, value);
  const problem = zooCfgProblem(config);
  if (problem === undefined) return;
  const { key, got } = problem;
  const property = `config.${key}`;
  throw 'reason' in problem ? mustNotBeSet(where, { property, got, reason: problem.reason }) : invalid(where, { ...problem, property });
}

function requireOneRetention(where: IConstruct, storage: VolumeRetention = {}, log: VolumeRetention = storage): void {
  const { RETAIN } = ClaimRetention;
  if ((log.whenDeleted ?? RETAIN) === (storage.whenDeleted ?? RETAIN) && (log.whenScaled ?? RETAIN) === (storage.whenScaled ?? RETAIN)) return;
  throw conflict(where, "'logStorage.retention' differs from 'storage.retention', but a StatefulSet has one retention policy for all its claims",
    "Set it in 'storage' only: it applies to the log too.");
}

function membersOf(where: IConstruct, members: number): Members {
  if (![1, 3, 5, 7].includes(members)) {
    throw invalid(where, {
      property: 'members',
      got: members,
      expected: '1, 3, 5 or 7',
      hint: 'A majority must be up, so an even number tolerates no more failures than the next lower odd number; more than seven members make writes slow.',
    });
  }
  return Members.quorum(members);
}

function memoryOf(where: IConstruct, { resources }: ZooKeeperEnsembleProps): Size {
  const memory = resources?.memory?.limit ?? resources?.memory?.request ?? Size.gibibytes(1);
  if (mebibytes(memory) < MIN_MEMORY) {
    throw invalid(where, { property: 'resources.memory.limit', got: `${mebibytes(memory)}Mi`, expected: `at least ${MIN_MEMORY}Mi`, hint: 'The server is a Java program.' });
  }
  return memory;
}

function heapOf(where: IConstruct, heap: Size | undefined, memory: Size): number {
  if (heap === undefined) return heapBelow(mebibytes(memory));
  const most = mebibytes(memory) - MIN_OUTSIDE_HEAP;
  if (!(mebibytes(heap) >= 1 && mebibytes(heap) <= most)) { // written so that NaN fails too
    throw invalid(where, {
      property: 'heap',
      got: `${mebibytes(heap)}Mi`,
      expected: `from 1Mi to ${most}Mi, which is ${MIN_OUTSIDE_HEAP}Mi below the memory limit of ${mebibytes(memory)}Mi`,
      hint: 'Java also needs memory outside the heap, and a member that exceeds its limit is killed. Raise resources.memory.limit.',
    });
  }
  return mebibytes(heap);
}
