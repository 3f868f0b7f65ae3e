import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { Part } from './plain-json';
import { plainObject } from './plain-object';

/**
 * An object of the library, which renders itself: cdk8s takes several times as long for the same result.
 *
 * @internal
 */
export class OwnApiObject extends ApiObject {
  public constructor(scope: Construct, id: string, private readonly content: ApiObjectProps) {
    super(scope, id, content);
  }

  public toJson(): unknown {
    return plainObject(this, this.content, Part.OWN_CONTENT) ?? super.toJson();
  }
}
