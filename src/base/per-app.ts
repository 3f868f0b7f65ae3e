import type { IConstruct } from 'constructs';

/** What the constructs of one app share, made when one of them first asks for it. It goes when the app goes. */
export class PerApp<T extends object> {
  private readonly made = new WeakMap<IConstruct, T>();

  public constructor(private readonly make: (app: IConstruct) => T) {}

  /** What is shared in the app where `where` stands. */
  public of(where: IConstruct): T {
    const app = where.node.root;
    const shared = this.made.get(app) ?? this.make(app);
    this.made.set(app, shared);
    return shared;
  }
}
