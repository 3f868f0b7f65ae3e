import { STRUCTS } from './type-table';

/** A property of a struct, or a parameter, in the table. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  /** Whether it is variadic. */
  readonly variadic: boolean;
}

/** The properties of a struct, including inherited ones. */
export interface StructType {
  readonly members: readonly Member[];
  /** Whether newer releases of a foreign package can add properties. */
  readonly open: boolean;
}

/** Parses `name: string; size?: cdk8s.Size`. */
export function membersOf(text: string): Member[] {
  return text.split('; ').map(member => {
    const [, dots, name, mark, type] = /^(\.\.\.)?(\w+)(\?)?: (.+)$/.exec(member) ?? [];
    return { name, type, optional: mark !== undefined, variadic: dots !== undefined };
  });
}

/** The struct type in the table; undefined if the type is not a struct. */
export function structOf(name: string): StructType | undefined {
  const text = STRUCTS[name];
  if (text === undefined) return undefined;
  const parts = text === '' ? [] : text.split(' & ');
  const bases = parts.flatMap(part => structOf(part) ?? []);
  const own = parts.filter(part => part.includes(':')).flatMap(membersOf);
  return { members: [...bases.flatMap(({ members }) => members), ...own], open: name.includes('.') || bases.some(({ open }) => open) };
}
