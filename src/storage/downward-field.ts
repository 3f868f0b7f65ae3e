import * as kplus from 'cdk8s-plus-28';
import { invalid } from '../base/errors';

/**
 * A fact about a Pod that a volume can show as a file. Volumes know fewer facts than environment variables do: the
 * address of the Pod and its node are not among them.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields
 */
export class DownwardField {
  /** The name of the Pod. */
  public static podName(): DownwardField {
    return DownwardField.metadata('metadata.name');
  }

  /** The namespace of the Pod. */
  public static podNamespace(): DownwardField {
    return DownwardField.metadata('metadata.namespace');
  }

  /** The unique id of the Pod. */
  public static podUid(): DownwardField {
    return DownwardField.metadata('metadata.uid');
  }

  /** All labels of the Pod, a line `key="value"` each. The file follows when they change. */
  public static labels(): DownwardField {
    return DownwardField.metadata('metadata.labels');
  }

  /**
   * One label of the Pod.
   *
   * @param key the key of the label
   */
  public static label(key: string): DownwardField {
    return DownwardField.entry('labels', key);
  }

  /** All annotations of the Pod, a line `key="value"` each. The file follows when they change. */
  public static annotations(): DownwardField {
    return DownwardField.metadata('metadata.annotations');
  }

  /**
   * One annotation of the Pod.
   *
   * @param key the key of the annotation
   */
  public static annotation(key: string): DownwardField {
    return DownwardField.entry('annotations', key);
  }

  /**
   * A request or limit of one of the Pod's containers: bytes for memory and storage, whole cores for cpu.
   *
   * @param container the name of the container
   * @param resource which request or limit; without a limit it is what the node can give
   */
  public static resource(container: string, resource: kplus.ResourceFieldPaths): DownwardField {
    const known: string[] = Object.values(kplus.ResourceFieldPaths);
    if (!known.includes(resource)) throw invalid('DownwardField.resource', { property: 'resource', got: resource, expected: `one of ${known.join(', ')}` });
    return new DownwardField({ resourceFieldRef: { containerName: container, resource } });
  }

  private static metadata(fieldPath: string): DownwardField {
    return new DownwardField({ fieldRef: { fieldPath } });
  }

  private static entry(of: 'labels' | 'annotations', key: string): DownwardField {
    if (key === '' || /['\]\s]/.test(key)) {
      throw invalid('DownwardField', { property: 'key', got: key, expected: `the key of one of the Pod's ${of}` });
    }
    return DownwardField.metadata(`metadata.${of}['${key}']`);
  }

  private constructor(private readonly source: Omit<kplus.k8s.DownwardApiVolumeFile, 'path'>) {}

  /**
   * The file at `path` that shows this field.
   *
   * @internal
   */
  public _toFile(path: string): kplus.k8s.DownwardApiVolumeFile {
    return { path, ...this.source };
  }
}
