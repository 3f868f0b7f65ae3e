/**
 * The rooms of src/, floor by floor. A room imports only from the floors above it in this list; those of one floor do not know each other.
 * The style check enforces it, and the picture in CONTRIBUTING.md is compared with it: see docs/decisions/0020-rooms.md.
 */
export const FLOORS: readonly (readonly string[])[] = [
  ['base'],
  ['input'],
  ['pod'],
  ['storage'],
  ['workload'],
  ['kit'],
  ['backup'],
  ['scratch', 'database', 'kafka', 'zookeeper', 'redis', 'app'],
];

/** What `import/no-restricted-paths` of the style check is told: from where the files of a room may not import. */
export interface Zone {
  readonly target: string | string[];
  readonly from: string;
  /** Relative to `from`. */
  readonly except?: string[];
  readonly message: string;
}

/** The zones of all rooms: from src/ nothing but the room itself and what is above it. */
export function zonesOf(floors: typeof FLOORS): Zone[] {
  const zones = floors.flatMap((floor, i) => floor.map((room): Zone => {
    const above = floors.slice(0, i).flat();
    const allowed = above.length === 0 ? 'no other room' : above.join(', ');
    return { target: `./src/${room}`, from: './src', except: [room, ...above].map(name => `./${name}`), message: `The room ${room} may import from: ${allowed}.` };
  }));
  const others = floors.flat().filter(room => room !== 'storage').map(room => `./src/${room}`);
  return [...zones, { target: others, from: './src/storage/private', message: 'Only the room storage may import from its private folder.' }];
}
