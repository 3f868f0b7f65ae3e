import { type Assembly, type Callable, type ClassType, type InterfaceType, type ReferenceType, type Type, type TypeReference } from 'jsii-reflect';

/** A page of the API reference: a class or an interface with the structs and enumerations that only it needs, or one of those that several need. */
export interface Page {
  readonly subject: Type;
  /** In the order of their names. */
  readonly parts: Type[];
}

/** The types of an assembly by page, in the order of their names. */
export function pagesOf(assembly: Assembly): Page[] {
  const types = [...assembly.types].sort((a, b) => a.name < b.name ? -1 : 1);
  const subjects = types.filter(isSubject);
  const homes = new Map(types.filter(type => !isSubject(type)).map(part => [part, subjects.filter(subject => needs(subject).has(part))]));
  const shared = [...homes].filter(([, needing]) => needing.length !== 1).map(([part]) => part);
  const partsOf = (subject: Type) => [...homes].filter(([, needing]) => needing.length === 1 && needing[0] === subject).map(([part]) => part);
  return [...subjects, ...shared].map(subject => ({ subject, parts: partsOf(subject) })).sort((a, b) => a.subject.name < b.subject.name ? -1 : 1);
}

/** The members that a type adds to what it extends: what every construct has is not repeated for each. */
export function membersOf(type: ReferenceType): Pick<ClassType, 'ownProperties' | 'ownMethods'> {
  const shown = ({ protected: hidden, overrides }: ClassType['ownProperties'][number] | ClassType['ownMethods'][number]) =>
    !hidden && overrides?.assembly !== undefined ? overrides.assembly === type.assembly : !hidden;
  return { ownProperties: type.ownProperties.filter(shown), ownMethods: type.ownMethods.filter(shown) };
}

/** Classes and behavioral interfaces have a page, whoever needs them. */
function isSubject(type: Type): boolean {
  return type.isClassType() || (type.isInterfaceType() && !type.isDataType());
}

/** The structs and enumerations of the same assembly that a type mentions, or what it mentions does. */
function needs(type: Type, found = new Set<Type>()): Set<Type> {
  for (const mentioned of mentionedBy(type)) {
    if (mentioned.assembly !== type.assembly || isSubject(mentioned) || found.has(mentioned)) continue;
    found.add(mentioned);
    needs(mentioned, found);
  }
  return found;
}

function mentionedBy(type: Type): Type[] {
  if (!isReferenceType(type)) return [];
  const callables: Callable[] = [...type.ownMethods, ...type.isClassType() && type.initializer ? [type.initializer] : []];
  return [
    ...type.ownProperties.flatMap(property => typesIn(property.type)),
    ...type.ownMethods.flatMap(method => typesIn(method.returns.type)),
    ...callables.flatMap(callable => callable.parameters).flatMap(parameter => typesIn(parameter.type)),
    ...type.isDataType() ? type.getInterfaces() : [],
  ];
}

function typesIn(reference: TypeReference): Type[] {
  if (reference.fqn !== undefined) return reference.type ? [reference.type] : [];
  const inner = reference.arrayOfType ?? reference.mapOfType;
  return inner ? typesIn(inner) : (reference.unionOfTypes ?? []).flatMap(typesIn);
}

export function isReferenceType(type: Type): type is ClassType | InterfaceType {
  return type.isClassType() || type.isInterfaceType();
}
