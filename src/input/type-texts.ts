import { STRUCTS } from './type-table';

/** A property of a struct, or a parameter, as the table has it. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  /** Whether it takes all further arguments. */
  readonly variadic: boolean;
}

/** What a struct has, inherited properties included. */
export interface StructType {
  readonly members: readonly Member[];
  /** Whether a newer release of somebody else's package may have further properties. */
  readonly open: boolean;
}

/** Reads `name: string; size?: cdk8s.Size`. */
export function membersOf(text: string): Member[] {
  return text.split('; ').map(member => {
    const [, dots, name, mark, type] = /^(\.\.\.)?(\w+)(\?)?: (.+)$/.exec(member) ?? [];
    return { name, type, optional: mark !== undefined, variadic: dots !== undefined };
  });
}

/** The type of a struct of the table; undefined for what is none. */
export function structOf(name: string): StructType | undefined {
  const text = STRUCTS[name];
  if (text === undefined) return undefined;
  const parts = text === '' ? [] : text.split(' & ');
  const bases = parts.flatMap(part => structOf(part) ?? []);
  const own = parts.filter(part => part.includes(':')).flatMap(membersOf);
  return { members: [...bases.flatMap(({ members }) => members), ...own], open: name.includes('.') || bases.some(({ open }) => open) };
}
