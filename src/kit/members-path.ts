/** The folder with the file `members`, which contains the declared number of members. */
export const MEMBERS_PATH = '/etc/cdk8s-stateful/set';
