import type { IConstruct } from 'constructs';
import { invalid } from '../base/errors';
import { nearest, nearestWithin } from '../input/nearest';

/** The settings of the releases of a product. `npm run setting-names` generates such tables. */
export interface SettingTable {
  /** The releases, one of each line: `['16.14', '17.10']`. */
  readonly releases: readonly string[];
  /** The names, separated by white space, after the lines that have them: `[['16 17', 'port work_mem']]`. */
  readonly names: readonly (readonly [lines: string, names: string])[];
}

/** The settings of one release. */
export interface SettingList {
  /** For error messages: `PostgreSQL 17.10`. */
  readonly release: string;
  readonly names: ReadonlySet<string>;
  /** Whether the server accepts any name, so that only one that is almost that of a setting is refused. */
  readonly open: boolean;
}

/** The lists that have been used so far. */
const LISTS = new Map<SettingTable, Map<string, SettingList>>();

/** The line of a release, from its tag: `17` with one number, `11.8` with two. */
export function lineOf(tag: string, numbers: 1 | 2): string {
  return tag.split(/[.-]/, numbers).join('.');
}

/** The settings of a release line, or undefined if the table does not have that line. */
export function settingsOf(table: SettingTable, product: string, line: string, open = false): SettingList | undefined {
  const lists = LISTS.get(table) ?? new Map<string, SettingList>();
  LISTS.set(table, lists);
  const known = lists.get(line);
  if (known !== undefined) return known;
  const groups = table.names.filter(([lines]) => lines.split(' ').includes(line));
  if (groups.length === 0) return undefined;
  const release = table.releases.find(one => one.startsWith(`${line}.`));
  const list = { release: `${product} ${release}`, names: new Set(groups.flatMap(([, names]) => names.trim().split(/\s+/))), open };
  lists.set(line, list);
  return list;
}

/** The settings that a user may give. */
export interface AllowedSettings {
  /** The settings of the release; undefined if they are not known here, so that every name is accepted. */
  readonly list?: SettingList;
  /** The names that are accepted although they are not in the list, as the user wrote them. */
  readonly unlisted: readonly string[];
}

/** A setting given by the user. */
export interface GivenSetting {
  /** The property, as the user wrote it: `parameters.work_mem`. */
  readonly property: string;
  /** The name, as the user wrote it. */
  readonly name: string;
  /**
   * The names of it, any of which may be in the list; the first one is the one to compare it with.
   *
   * @default - the name
   */
  readonly listedAs?: readonly string[];
}

/** Throws unless the release has the setting, or the user accepts that it is not in the list. */
export function requireListed(where: IConstruct | string, { list, unlisted }: AllowedSettings, setting: GivenSetting): void {
  const { property, name, listedAs = [name] } = setting;
  if (list === undefined || unlisted.includes(name) || listedAs.some(known => list.names.has(known))) return;
  const meant = list.open ? nearestWithin(listedAs[0], [...list.names], 2) : nearest(listedAs[0], [...list.names]);
  if (list.open && meant === undefined) return;
  throw invalid(where, {
    property,
    got: name,
    expected: `a setting of ${list.release}`,
    hint: `${meant === undefined ? '' : `Did you mean '${meant}'? `}If the name is right, add it to 'unlistedSettings'.`,
  });
}

/**
 * Throws if one of the unlisted names is not among the settings, as after a typo.
 *
 * @param property the property of the settings, such as `config`; `unlistedSettings` is beside it
 */
export function requireUnlistedGiven(where: IConstruct | string, property: string, given: object, unlisted: readonly string[]): void {
  const forgotten = unlisted.find(name => !Object.keys(given).includes(name));
  if (forgotten === undefined) return;
  throw invalid(where, {
    property: property.replace(/\w+$/, 'unlistedSettings'),
    got: forgotten,
    expected: `names of settings in '${property}'`,
    hint: 'Write the names as they are there.',
  });
}
