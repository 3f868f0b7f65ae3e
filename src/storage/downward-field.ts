import * as kplus from 'cdk8s-plus-28';
import { invalid } from '../base/errors';
import { requireFileMode } from './private/volume-files';
import { checked } from '../input/check-input';

/**
 * A Pod field that a volume can expose as a file. Fewer fields are available to volumes than to environment variables:
 * the Pod's IP address and its node, for example, are not.
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

  /** The UID of the Pod. */
  public static podUid(): DownwardField {
    return DownwardField.metadata('metadata.uid');
  }

  /** All labels of the Pod, one `key="value"` per line. The file is updated when they change. */
  public static labels(): DownwardField {
    return DownwardField.metadata('metadata.labels');
  }

  /**
   * One label of the Pod.
   *
   * @param key the key of the label
   */
  @checked
  public static label(key: string): DownwardField {
    return DownwardField.entry('labels', key);
  }

  /** All annotations of the Pod, one `key="value"` per line. The file is updated when they change. */
  public static annotations(): DownwardField {
    return DownwardField.metadata('metadata.annotations');
  }

  /**
   * One annotation of the Pod.
   *
   * @param key the key of the annotation
   */
  @checked
  public static annotation(key: string): DownwardField {
    return DownwardField.entry('annotations', key);
  }

  /**
   * A resource request or limit of one of the Pod's containers, in bytes for memory and storage and in whole cores for
   * CPU.
   *
   * @param container the name of the container
   * @param resource the request or limit; defaults to the node's allocatable amount if there is no limit
   */
  @checked
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
   * The same field, in a file with these permissions.
   *
   * @param mode from 0 to 0o777. Throws otherwise.
   */
  @checked
  public withMode(mode: number): DownwardField {
    return new DownwardField({ ...this.source, mode: requireFileMode('DownwardField.withMode', 'mode', mode) });
  }

  /**
   * Renders the file that exposes this field at `path`.
   *
   * @internal
   */
  public _toFile(path: string): kplus.k8s.DownwardApiVolumeFile {
    return { path, ...this.source };
  }
}
