import { ApiObject, type App } from 'cdk8s';
import { YamlText } from './yaml-text';
import { OwnApiObject } from '../base/own-api-object';
import { isPlainMap, Part } from '../base/plain-json';
import { metadataContent } from '../base/plain-metadata';
import { hasPatches, plainObject, rendersPlainly } from '../base/plain-object';

/** The YAML of objects. Most are written without rendering them first. */
export class ObjectText {
  private readonly text = new YamlText();
  private readonly isPlain: boolean;

  public constructor(app: App) {
    this.isPlain = rendersPlainly(app);
  }

  /** One object after the other, as what it renders to is garbage once it is text: memory that is used for longer costs more than rendering. */
  public ofAll(objects: readonly ApiObject[]): string {
    return objects.map(object => this.of(object)).join('---\n');
  }

  public of(object: ApiObject): string {
    return this.ofContent(object) ?? this.ofJson(renderedBy(object));
  }

  /** The text of what an object has been rendered to. */
  public ofJson(json: unknown): string {
    return this.text.of(json);
  }

  /** The text of an object with plain content; undefined if it has to be rendered. */
  private ofContent(object: ApiObject): string | undefined {
    const part = partOf(object);
    const content = contentOf(object);
    if (part === undefined || content === undefined || !isPlainMap(content) || !this.isPlain || hasPatches(object)) return undefined;
    const metadata = metadataContent(object);
    try {
      return metadata === undefined ? undefined : this.text.ofObject(content, metadata, part);
    } catch {
      return undefined; // Rendering it runs into the same error, and cdk8s reports it with the path of the construct.
    }
  }
}

/** What an object renders to. */
export function renderedBy(object: ApiObject): unknown {
  const content = partOf(object) === Part.CONTENT ? contentOf(object) : undefined;
  return (content === undefined ? undefined : plainObject(object, content, Part.CONTENT)) ?? object.toJson();
}

/** What the content of an object is; undefined if it is of a class that renders itself to something else. */
function partOf(object: ApiObject): Part.CONTENT | Part.OWN_CONTENT | undefined {
  if (object.toJson === OwnApiObject.prototype.toJson) return Part.OWN_CONTENT;
  return object.toJson === ApiObject.prototype.toJson ? Part.CONTENT : undefined;
}

/** The content of an object; undefined if cdk8s keeps it in another way. */
function contentOf(object: ApiObject): object | undefined {
  const content: unknown = Reflect.get(object, 'props');
  return typeof content === 'object' && content !== null ? content : undefined;
}
