/** The label with the product or set that an object belongs to. */
export const INSTANCE_LABEL = 'app.kubernetes.io/instance';

/**
 * The labels of all objects that the library renders.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function recommendedLabels(instance: string): { [key: string]: string } {
  return { [INSTANCE_LABEL]: instance, 'app.kubernetes.io/managed-by': 'cdk8s' };
}
