const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/;

/** A time in UTC with microseconds, in the form of the descriptions of backups, with which it is compared; undefined if the text is no time. */
export function utcOf(text: string): string | undefined {
  const [, local, fraction = '', offset] = TIME.exec(text) ?? [];
  // JavaScript takes February 30 for March 2.
  if (local === undefined || secondsOf(local, 'Z') !== local) return undefined;
  const utc = secondsOf(local, offset);
  return utc && `${utc}.${fraction.padEnd(6, '0')}Z`;
}

function secondsOf(local: string, offset: string): string | undefined {
  const time = new Date(`${local}${offset}`);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().slice(0, 19);
}
