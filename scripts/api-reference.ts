import * as fs from 'node:fs';
import * as path from 'node:path';
import { TypeSystem, type Docs, type EnumType, type Initializer, type Method, type Property, type Type, type TypeReference } from 'jsii-reflect';
import { isReferenceType, membersOf, pagesOf, type Page } from './api-pages';

/**
 * Writes docs/api from the jsii assembly, which the compiler leaves in .jsii: a page a class, and an index. Run it after a
 * change of the API or of its docstrings; a test of the package fails while the pages are stale.
 */
const ROOT = path.join(__dirname, '..');
const FOLDER = path.join(ROOT, 'docs/api');

/** The text of each page, by the name of its file. */
export async function renderApiReference(): Promise<Map<string, string>> {
  const assembly = await new TypeSystem().load(ROOT, { validate: false });
  const pages = pagesOf(assembly);
  const files = new Map(pages.flatMap(({ subject, parts }) => [subject, ...parts].map(type => [type.fqn, `${subject.name}.md`])));
  const writer = new PageWriter(files);
  return new Map([['README.md', indexOf(pages, writer)], ...pages.map(page => [`${page.subject.name}.md`, writer.page(page)] as const)]);
}

/** The rooms in the order in which a reader meets them. */
const ROOMS: { [room: string]: string } = {
  database: 'PostgreSQL, MySQL, MariaDB',
  kafka: 'Kafka',
  zookeeper: 'ZooKeeper',
  redis: 'Redis and Valkey',
  backup: 'Backups',
  scratch: 'Scratch Pods',
  workload: 'Any other stateful workload',
  pod: 'Pods and containers',
  storage: 'Storage',
  app: 'Large apps',
  kit: 'For engines of your own',
};

function indexOf(pages: Page[], writer: PageWriter): string {
  const lines = ['# API reference', '', 'Generated from the docstrings by `npm run docgen`: do not edit. Constructs are in bold.'];
  const rooms = new Set([...Object.keys(ROOMS), ...pages.map(({ subject }) => roomOf(subject))]);
  for (const room of rooms) {
    const entries = pages.filter(({ subject }) => roomOf(subject) === room);
    const constructs = entries.filter(({ subject }) => isConstruct(subject));
    if (entries.length > 0) lines.push('', `## ${ROOMS[room] ?? room}`, '');
    for (const { subject } of [...constructs, ...entries.filter(entry => !constructs.includes(entry))]) {
      const link = `[${subject.name}](${subject.name}.md)`;
      lines.push(`- ${constructs.some(entry => entry.subject === subject) ? `**${link}**` : link}: ${writer.summary(subject.docs)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function roomOf(type: Type): string {
  return type.locationInModule?.filename.split('/')[1] ?? '';
}

function isConstruct(type: Type): boolean {
  return type.isClassType() && type.getAncestors().some(({ fqn }) => fqn === 'constructs.Construct');
}

/** Renders pages, with links to whatever has one. */
class PageWriter {
  public constructor(private readonly files: ReadonlyMap<string, string>) {}

  public page({ subject, parts }: Page): string {
    const sections = [subject, ...parts].map((type, index) => this.section(type, '#'.repeat(index === 0 ? 1 : 2)));
    return `${sections.flat().join('\n\n')}\n`;
  }

  public summary(docs: Docs): string {
    return docs.summary.replace(/\s+/g, ' ').trim();
  }

  private section(type: Type, level: string): string[] {
    const head = [`${level} ${type.name}`, ...this.text(type.docs)];
    if (type.isEnumType()) return [...head, this.enumMembers(type)];
    if (!isReferenceType(type)) return head;
    const { ownProperties, ownMethods } = membersOf(type);
    const parents = [...type.isClassType() && type.base ? [type.base] : [], ...type.getInterfaces()].filter(parent => this.files.has(parent.fqn));
    return [
      ...head,
      ...parents.map(parent => this.inherited(type, parent)),
      ...type.isClassType() && type.initializer && !type.abstract ? this.constructorOf(type.name, type.initializer, level) : [],
      ...byName(ownMethods.filter(method => method.static)).flatMap(method => this.method(method, `${type.name}.`, level)),
      ...byName(ownProperties.filter(property => property.static)).flatMap(property => this.property(property, `${type.name}.`, level)),
      ...byName(ownProperties.filter(property => !property.static)).flatMap(property => this.property(property, '', level)),
      ...byName(ownMethods.filter(method => !method.static)).flatMap(method => this.method(method, '', level)),
    ];
  }

  private inherited(type: Type, parent: Type): string {
    const members = isReferenceType(parent) ? [...parent.allProperties, ...parent.allMethods] : [];
    const names = members.filter(({ parentType }) => this.files.has(parentType.fqn)).map(({ name }) => `\`${name}\``).sort();
    return `${type.isDataType() ? 'Has' : 'Implements'} what ${this.link(parent)} has${names.length > 0 ? `: ${names.join(', ')}` : ''}.`;
  }

  private constructorOf(name: string, initializer: Initializer, level: string): string[] {
    return [`${level}# new ${name}(${initializer.parameters.map(({ name: parameter }) => parameter).join(', ')})`, ...this.text(initializer.docs), ...this.parameters(initializer)];
  }

  private method(method: Method, prefix: string, level: string): string[] {
    const parameters = method.parameters.map(({ name, optional, variadic }) => `${variadic ? '...' : ''}${name}${optional ? '?' : ''}`);
    const returns = method.returns.type.void ? [] : [`Returns ${this.type(method.returns.type)}${method.docs.returns ? `: ${method.docs.returns}` : ''}.`];
    return [`${level}# ${prefix}${method.name}(${parameters.join(', ')})`, ...this.text(method.docs), ...this.parameters(method), ...returns];
  }

  private parameters({ parameters }: Pick<Method | Initializer, 'parameters'>): string[] {
    if (parameters.length === 0) return [];
    return [parameters.map(parameter => {
      const words = this.text(parameter.docs).join(' ').replace(/\s+/g, ' ');
      return `- \`${parameter.name}\`: ${this.type(parameter.type)}${words ? `, ${words}` : ''}`;
    }).join('\n')];
  }

  private property(property: Property, prefix: string, level: string): string[] {
    const value = property.docs.default.replace(/^-\s*/, '').replace(/\s+/g, ' ');
    return [`${level}# ${prefix}${property.name}`, `${this.type(property.type)}${isRequired(property) ? ', required' : ''}`, ...this.text(property.docs), ...value ? [`Default: ${value}`] : []];
  }

  private enumMembers(type: EnumType): string {
    return type.members.map(member => `- \`${member.name}\`: ${this.text(member.docs).join(' ').replace(/\s+/g, ' ')}`).join('\n');
  }

  private text(docs: Docs): string[] {
    return [
      // jsii cuts the first sentence off, at a semicolon too.
      ...(/[;:,]$/.test(docs.summary) ? [`${docs.summary} ${docs.remarks}`] : [docs.summary, docs.remarks]).filter(text => text !== ''),
      ...docs.example ? [`\`\`\`ts\n${docs.example.trim()}\n\`\`\``] : [],
      ...docs.link ? [`See ${docs.link}`] : [],
    ];
  }

  private type(reference: TypeReference): string {
    if (reference.arrayOfType) return `list of ${this.type(reference.arrayOfType)}`;
    if (reference.mapOfType) return `map of names to ${this.type(reference.mapOfType)}`;
    if (reference.unionOfTypes) return reference.unionOfTypes.map(type => this.type(type)).join(' or ');
    return reference.type ? this.link(reference.type) : `\`${reference}\``;
  }

  private link(type: Type): string {
    const file = this.files.get(type.fqn);
    if (file === undefined) return `\`${type.assembly.name === 'constructs' ? '' : `${type.assembly.name}.`}${type.name}\``;
    return `[\`${type.name}\`](${file}${file === `${type.name}.md` ? '' : `#${anchor(type.name)}`})`;
  }
}

/** What must be given first, each in the order of the names. */
function byName<T extends Property | Method>(members: T[]): T[] {
  const key = (member: T) => `${isRequired(member) ? 0 : 1}${member.name}`;
  return [...members].sort((a, b) => key(a) < key(b) ? -1 : 1);
}

function isRequired(member: Property | Method): boolean {
  return 'optional' in member && !member.optional && member.parentType.isDataType();
}

/** The anchor that GitHub gives to a heading of one word. */
function anchor(heading: string): string {
  return heading.toLowerCase();
}

async function main(): Promise<void> {
  const files = await renderApiReference();
  fs.rmSync(FOLDER, { recursive: true, force: true });
  fs.mkdirSync(FOLDER);
  for (const [file, text] of files) fs.writeFileSync(path.join(FOLDER, file), text);
  console.log(`${files.size} pages in ${path.relative(process.cwd(), FOLDER)}`);
}

if (require.main === module) void main();
