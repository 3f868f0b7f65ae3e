export { StatefulApp } from './stateful-app';
