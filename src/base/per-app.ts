import type { IConstruct } from 'constructs';

/** A value that the constructs of an app share. It is created on first use and released with the app. */
export class PerApp<T extends object> {
  private readonly made = new WeakMap<IConstruct, T>();

  public constructor(private readonly make: (app: IConstruct) => T) {}

  /** The value that is shared in the app of `where`. */
  public of(where: IConstruct): T {
    const app = where.node.root;
    const shared = this.made.get(app) ?? this.make(app);
    this.made.set(app, shared);
    return shared;
  }
}
