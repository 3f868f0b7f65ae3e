import type { IConstruct } from 'constructs';
import { KafkaListener } from './kafka-listener';
import { conflict, invalid } from '../base/errors';

/**
 * The listeners of one cluster, immutable. The brokers always have an internal listener of their own: if they used the first
 * client listener, reordering or renaming the listeners would cut off restarted brokers from the others.
 */
export class Listeners {
  public readonly internal: KafkaListener;
  private readonly clients: KafkaListener[] = [];

  public constructor(private readonly where: IConstruct, listeners: KafkaListener[]) {
    const [internal, second] = listeners.filter(({ forClients }) => !forClients);
    if (second !== undefined) {
      throw conflict(where, `there is a second internal listener, '${second.name}'`, 'Remove one: the brokers use exactly one.');
    }
    this.internal = internal ?? KafkaListener.internal();
    for (const listener of listeners.filter(({ forClients }) => forClients)) this.add(listener);
    if (this.clients.length === 0) {
      throw invalid(where, { property: 'listeners', got: listeners.map(({ name }) => name), expected: 'at least one client listener', hint: 'Add KafkaListener.plaintext().' });
    }
  }

  public get all(): KafkaListener[] {
    return [this.internal, ...this.clients];
  }

  public get forClients(): KafkaListener[] {
    return [...this.clients];
  }

  /** A copy with another client listener. Throws if it conflicts with an existing listener. */
  public with(listener: KafkaListener): Listeners {
    this.requireFree(listener);
    return new Listeners(this.where, [...this.all, listener]);
  }

  /** The client listener with this name, or the first one. */
  public forClient(wanted?: string): KafkaListener {
    const candidates = this.clients;
    const found = wanted === undefined ? candidates[0] : candidates.find(({ name }) => name === wanted);
    if (found === undefined) {
      throw invalid(this.where, { property: 'listener', got: wanted, expected: `a client listener: ${candidates.map(({ name }) => name).join(', ')}` });
    }
    return found;
  }

  private add(listener: KafkaListener): void {
    this.requireFree(listener);
    this.clients.push(listener);
  }

  /** Throws if the listener is internal, or if its name or port is taken. */
  private requireFree(listener: KafkaListener): void {
    if (!listener.forClients) {
      throw conflict(this.where, `the internal listener '${listener.name}' cannot be added: there is one already, '${this.internal.name}'`,
        "Set it in 'listeners' instead, where it replaces the default one.");
    }
    const sameName = this.all.find(({ name }) => name === listener.name);
    if (sameName !== undefined) {
      throw conflict(this.where, `two listeners are named '${listener.name}'`, this.remedy(sameName, 'name'));
    }
    const samePort = this.all.find(({ port }) => port === listener.port);
    if (samePort !== undefined) {
      throw conflict(this.where, `the listeners '${samePort.name}' and '${listener.name}' have the same port ${listener.port}`, this.remedy(samePort, 'port'));
    }
  }

  private remedy(other: KafkaListener, property: 'name' | 'port'): string {
    return other === this.internal
      ? `It is the internal listener of the brokers: give the client listener another '${property}', or, in a new cluster, add KafkaListener.internal({ ${property}: … }) to 'listeners'.`
      : `Give one of them another '${property}'.`;
  }
}
