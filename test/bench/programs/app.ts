import { App } from 'cdk8s';
import { writeStacks } from './plain-stacks';

writeStacks(App);
