import { writeStacks } from './plain-stacks';
import { StatefulApp } from 'cdk8s-stateful';

writeStacks(StatefulApp);
