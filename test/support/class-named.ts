import { newChart } from './manifests';
import { StorageClass } from 'cdk8s-stateful';

/** A storage class that the cluster has. */
export const classNamed = (name: string) => StorageClass.fromName(newChart(), 'Class', name);
