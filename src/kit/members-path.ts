/** The folder whose file `members` says how many members the manifests declare. */
export const MEMBERS_PATH = '/etc/cdk8s-stateful/set';
