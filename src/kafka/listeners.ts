import type { IConstruct } from 'constructs';
import { KafkaListener } from './kafka-listener';
import { conflict, invalid } from '../base/errors';

/**
 * The listeners of one cluster. They never change: `with` gives others. The brokers always have one for themselves: if they used the first one
 * for clients, another order or name would cut the brokers that have been restarted off from those that have not.
 */
export class Listeners {
  public readonly internal: KafkaListener;
  private readonly clients: KafkaListener[] = [];

  public constructor(private readonly where: IConstruct, listeners: KafkaListener[]) {
    const [internal, second] = listeners.filter(({ forClients }) => !forClients);
    if (second !== undefined) {
      throw conflict(where, `there are two listeners for the brokers among themselves, the second is '${second.name}'`, 'Remove one: they use one only.');
    }
    this.internal = internal ?? KafkaListener.internal();
    for (const listener of listeners.filter(({ forClients }) => forClients)) this.add(listener);
    if (this.clients.length === 0) {
      throw invalid(where, { property: 'listeners', got: listeners.map(({ name }) => name), expected: 'at least one listener for clients', hint: 'Add KafkaListener.plaintext().' });
    }
  }

  public get all(): KafkaListener[] {
    return [this.internal, ...this.clients];
  }

  public get forClients(): KafkaListener[] {
    return [...this.clients];
  }

  /** These and another one for clients; throws unless it can stand beside them. */
  public with(listener: KafkaListener): Listeners {
    this.requireFree(listener);
    return new Listeners(this.where, [...this.all, listener]);
  }

  /** The listener of this name for clients, without a name the first. */
  public forClient(wanted?: string): KafkaListener {
    const candidates = this.clients;
    const found = wanted === undefined ? candidates[0] : candidates.find(({ name }) => name === wanted);
    if (found === undefined) {
      throw invalid(this.where, { property: 'listener', got: wanted, expected: `a listener for clients: ${candidates.map(({ name }) => name).join(', ')}` });
    }
    return found;
  }

  private add(listener: KafkaListener): void {
    this.requireFree(listener);
    this.clients.push(listener);
  }

  /** Throws unless the listener is one for clients that can stand beside the others. */
  private requireFree(listener: KafkaListener): void {
    if (!listener.forClients) {
      throw conflict(this.where, `the listener '${listener.name}' for the brokers among themselves is added to those that have one, '${this.internal.name}'`,
        "Give it in 'listeners' instead: it takes the place of the default one.");
    }
    const sameName = this.all.find(({ name }) => name === listener.name);
    if (sameName !== undefined) {
      throw conflict(this.where, `two listeners have the name '${listener.name}'`, this.remedy(sameName, 'name'));
    }
    const samePort = this.all.find(({ port }) => port === listener.port);
    if (samePort !== undefined) {
      throw conflict(this.where, `the listeners '${samePort.name}' and '${listener.name}' have the same port ${listener.port}`, this.remedy(samePort, 'port'));
    }
  }

  private remedy(other: KafkaListener, property: 'name' | 'port'): string {
    return other === this.internal
      ? `The brokers use it among themselves: give the one for clients another '${property}', or, in a new cluster, add KafkaListener.internal({ ${property}: … }) to 'listeners'.`
      : `Give one of them another '${property}'.`;
  }
}
