/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export function recommendedLabels(instance: string): { [key: string]: string } {
  return { 'app.kubernetes.io/instance': instance, 'app.kubernetes.io/managed-by': 'cdk8s' };
}
