import { Kubectl } from './kubectl';
import { cut, heal, powerOff, powerOn } from './node-power';
import { found, measure, sleep } from './progress';
import { RedisSet } from './redis-set';
import { RedisWriter } from './redis-writer';
import { sigkill, signal } from './sigkill';

/** For how many seconds a master that is cut off may take writes: `min-replicas-max-lag`, and what is counted once a second. */
const BOUND = 8;

/** Faults of a database with sentinels, under writers: a case each, whatever the clients connect by. */
export class RedisFaults {
  constructor(private readonly cluster: Kubectl, private readonly cache: RedisSet) {}

  /** All go on, all is ready, and nothing is missing that a replica had. */
  async nothingLost(writers: RedisWriter[], seconds = 120): Promise<void> {
    await this.cache.allReady(seconds);
    for (const writer of writers) await writer.goesOn(60);
    await this.nothingMissing(writers);
  }

  /** Ends the writers: nothing is missing that a replica had. */
  async nothingMissing(writers: RedisWriter[]): Promise<void> {
    for (const writer of writers) expect((await this.cache.missing(writer)).copied).toEqual([]);
  }

  async roll(): Promise<void> {
    const writers = await this.cache.writersOf('rolled');
    await measure('rolling update of three servers', async () => {
      await this.cache.kubectl.rolloutRestart('statefulset/cache');
      await this.cache.kubectl.rolloutStatus('statefulset/cache', 240);
    });
    await this.nothingLost(writers);
  }

  async deleteAll(): Promise<void> {
    const { servers, sentinels, kubectl } = this.cache;
    const writers = await this.cache.writersOf('deleted');
    const pods = await Promise.all([...servers, ...sentinels].map(pod => this.cache.pod(pod)));
    await measure('all servers and sentinels from deletion to ready', async () => {
      await kubectl.delete('pod', ...servers, ...sentinels, '--wait=false');
      await this.cache.readyAnew(pods);
    });
    await this.nothingLost(writers);
  }

  async killMaster(program: string, times: number): Promise<void> {
    const writers = await this.cache.writersOf('killed');
    for (let i = 0; i < times; i++) {
      await this.cache.syncEachWrite(this.cache.servers);
      await sigkill(this.cache.kubectl, await this.cache.master(), program);
      await sleep(5);
      await this.cache.allReady();
    }
    await this.nothingLost(writers);
  }

  /** The replica that a master would hand over to does not go on: another one is chosen, and nothing at all is missing. */
  async handOverBesideStuck(program: string): Promise<void> {
    const { servers, kubectl } = this.cache;
    const master = await this.cache.master();
    const [stuck] = servers.filter(pod => pod !== master);
    const before = await this.cache.pod(master);
    const writers = await this.cache.writersOf('stuck');
    await signal(kubectl, stuck, program, 'STOP');
    await kubectl.delete('pod', master, '--wait=false');
    await measure(`from the deletion of ${master} to its new Pod that is ready, while ${stuck} stands still`, () => this.cache.readyAnew([before]));
    await signal(kubectl, stuck, program, 'CONT');
    await this.cache.allReady();
    for (const writer of writers) await writer.goesOn(60);
    expect([master, stuck]).not.toContain(await this.cache.master());
    for (const writer of writers) expect((await this.cache.missing(writer)).all).toEqual([]);
  }

  async powerOffMaster(): Promise<void> {
    const { master, node } = await this.masterApart();
    const writers = await this.cache.writersOf('power');
    try {
      await powerOff(node);
      await measure('from power-off of the master’s node to the next acknowledged writes', async () => { for (const writer of writers) await writer.goesOn(90); });
    } finally {
      await powerOn(this.cluster, node);
    }
    await this.nothingLost(writers, 240);
    expect(await this.cache.master()).not.toBe(master);
  }

  /** Also with a client beside the master, which is told of writes that are lost: for how long is bounded. */
  async cutMaster(): Promise<void> {
    const { master, node } = await this.masterApart();
    const writers = await this.cache.writersOf('cut');
    await this.cache.writeWithin(master, 'lonely');
    let since = 0;
    try {
      await cut(node);
      since = Date.now() / 1000;
      await measure('from the cut of the master’s node to the next acknowledged writes', async () => { for (const writer of writers) await writer.goesOn(90); });
      await sleep(20);
    } finally {
      await heal(this.cluster, node);
    }
    await this.nothingLost(writers, 240);
    const late = (await this.cache.writtenWithin(master)).filter(time => time > since && time < since + 25);
    const seconds = Math.max(0, ...late.map(time => time - since));
    found(`a client beside the old master was told of ${late.length} writes after the cut, the last one after ${seconds.toFixed(1)} s: these are lost`);
    expect(seconds).toBeLessThan(BOUND);
    expect(await this.cache.master()).not.toBe(master);
  }

  /** The master, on a node without the clients, which must reach those that are left. */
  private async masterApart(): Promise<{ readonly master: string; readonly node: string }> {
    const master = await this.cache.master();
    const node = await this.cache.nodeOf(master);
    await this.cache.clientsAwayFrom(node);
    return { master, node };
  }
}
