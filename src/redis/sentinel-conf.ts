/** What the configuration of a server says where servers find each other by name; the start script adds the names. */
export const SENTINEL_SETTINGS: { readonly [name: string]: string } = {
  // By a name that DNS still caches, a replica connects to a Pod that is gone, and only notices after this time: by default a minute, in which
  // the master refuses writes if no other replica copies it.
  'repl-timeout': '10',
  // Well below it: without traffic this is what the other side hears.
  'repl-ping-replica-period': '2',
};
