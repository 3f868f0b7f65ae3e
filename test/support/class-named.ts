import { newChart } from './manifests';
import { StorageClass } from 'cdk8s-stateful';

/** An existing storage class of the cluster. */
export const classNamed = (name: string) => StorageClass.fromName(newChart(), 'Class', name);
