import { IConstruct } from 'constructs';
import { KafkaListener } from './kafka-listener';
import { conflict, invalid } from '../private/errors';

/** The listeners of one cluster. */
export class Listeners {
  private readonly listeners: KafkaListener[] = [];

  public constructor(private readonly where: IConstruct, listeners: KafkaListener[]) {
    for (const listener of listeners) this.add(listener);
    if (this.forClients.length === 0) {
      throw invalid(where, { property: 'listeners', got: listeners.map(({ name }) => name), expected: 'at least one listener for clients', hint: 'Add KafkaListener.plaintext().' });
    }
  }

  public get all(): KafkaListener[] {
    return [...this.listeners];
  }

  public get forClients(): KafkaListener[] {
    return this.listeners.filter(listener => listener.forClients);
  }

  public add(listener: KafkaListener): void {
    this.requireFree(listener);
    this.listeners.push(listener);
  }

  /** Throws unless the listener can stand beside the others. */
  public requireFree(listener: KafkaListener): void {
    const sameName = this.listeners.find(({ name }) => name === listener.name);
    if (sameName !== undefined) {
      throw conflict(this.where, `two listeners have the name '${listener.name}'`, "Give one of them another 'name'.");
    }
    const samePort = this.listeners.find(({ port }) => port === listener.port);
    if (samePort !== undefined) {
      throw conflict(this.where, `the listeners '${samePort.name}' and '${listener.name}' have the same port ${listener.port}`, "Give one of them another 'port'.");
    }
    if (!listener.forClients && this.listeners.some(({ forClients }) => !forClients)) {
      throw conflict(this.where, `there are two listeners for the brokers among themselves, the second is '${listener.name}'`, 'Remove one: they use one only.');
    }
  }

  /** The listener of this name for clients, without a name the first. */
  public forClient(wanted?: string): KafkaListener {
    const candidates = this.forClients;
    const found = wanted === undefined ? candidates[0] : candidates.find(({ name }) => name === wanted);
    if (found === undefined) {
      throw invalid(this.where, { property: 'listener', got: wanted, expected: `a listener for clients: ${candidates.map(({ name }) => name).join(', ')}` });
    }
    return found;
  }
}
