/** The packages whose enumerations are inputs. In `lib/`, each is loaded when it is first used (`scripts/bundle-modules.ts`): an app of plain objects needs no cdk8s-plus. */
export * as cdk8s from 'cdk8s';
export * as kplus from 'cdk8s-plus-28';
