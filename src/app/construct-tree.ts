import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** A construct of an app. */
export class Member {
  /** The index after those of all constructs below it. */
  public end = 0;
  /** The construct, if it is an object of Kubernetes. */
  public readonly object?: ApiObject;
  /** The construct, if it is a chart. */
  public readonly asChart?: Chart;
  /** The closest chart: the construct itself, or the one that it is in; undefined above all charts. */
  public readonly chart?: Member;

  public constructor(
    public readonly construct: IConstruct,
    public readonly index: number,
    public readonly parent: Member | undefined,
  ) {
    if (Chart.isChart(construct)) this.asChart = construct;
    else if (ApiObject.isApiObject(construct)) this.object = construct;
    this.chart = this.asChart === undefined ? parent?.chart : this;
  }
}

/** All constructs of an app, each visited once: parents before their children, as `node.findAll()` has them. */
export function membersOf(app: IConstruct): readonly Member[] {
  const members: Member[] = [];
  const add = (construct: IConstruct, parent: Member | undefined) => {
    const member = new Member(construct, members.length, parent);
    members.push(member);
    for (const child of construct.node.children) add(child, member);
    member.end = members.length;
  };
  add(app, undefined);
  return members;
}
