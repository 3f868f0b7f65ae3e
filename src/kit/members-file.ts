import { ApiObject } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import { ownObject } from '../base/own-object';
import { volumeStandIn } from '../pod/stand-ins';
import type { MemberNames } from '../workload/member-names';
import type { StatefulWorkload } from '../workload/stateful-workload';

/**
 * The volume with the number of members, and additional numbers, from a ConfigMap `<set>-members`. Unlike configuration
 * files, it can change without rolling the set: adding a member must not restart the others, which read the file again.
 */
export function membersVolume(set: StatefulWorkload, further: { readonly [file: string]: number } = {}): kplus.Volume {
  const name = membersConfigMap(set.name);
  const data = Object.fromEntries(Object.entries({ members: set.members.count, ...further }).map(([file, number]) => [file, `${number}`]));
  const object = { apiVersion: 'v1', kind: 'ConfigMap', name, instance: set.name };
  const configMap = ownObject(set, 'MembersFile', object, { data });
  ApiObject.of(set.workload).addDependency(configMap);
  set._addOwnConfigMap(() => name);
  return volumeStandIn(configMap, { name: 'members', configMap: { name } }, set);
}

/** The volume with the number of members of another set that has a `membersVolume`. */
export function memberCountVolume(set: StatefulWorkload, name: string, of: MemberNames): kplus.Volume {
  return volumeStandIn(set, { name, configMap: { name: membersConfigMap(of.set) } }, set);
}

function membersConfigMap(set: string): string {
  return `${set}-members`;
}
