import type { IConstruct } from 'constructs';
import type { RedisUserProps } from './redis-user-props';
import { invalid } from '../base/errors';

/** The name of the user with full access. */
export const DEFAULT_USER = 'default';

/** What the names of the accounts begin with that servers make for themselves. */
const OWN = 'stateful-';

/** Rules that enable or disable a user or change its passwords. */
const ABOUT_PASSWORDS = /^(on|off|nopass|resetpass|reset|sanitize-payload|skip-sanitize-payload|[><#!].*)$/i;

/** Throws unless the users are valid in an ACL file. */
export function requireUsers(where: IConstruct, users: { readonly [name: string]: RedisUserProps }): void {
  for (const [name, { rules }] of Object.entries(users)) {
    if (!/^[-_a-zA-Z0-9]{1,63}$/.test(name) || name === DEFAULT_USER || name.startsWith(OWN)) {
      throw invalid(where, { property: 'users', got: name, expected: `at most 63 letters, digits, '-' and '_', neither '${DEFAULT_USER}' nor beginning with '${OWN}'`, hint: "The password of the 'default' user is 'credentials'." });
    }
    for (const rule of rules) {
      if (!/^[!-~]+$/.test(rule) || ABOUT_PASSWORDS.test(rule)) {
        throw invalid(where, { property: `users.${name}.rules`, got: rule, expected: "a rule for keys, channels or commands, without spaces, such as '~orders:*' or '+@read'", hint: "The password comes from the Secret of its 'credentials'." });
      }
    }
  }
}

/** The users, one per line, each with its name and rules. The start script adds the passwords. */
export function renderUsers(users: { readonly [name: string]: RedisUserProps }): string {
  return Object.entries(users).sort(([a], [b]) => a < b ? -1 : 1).map(([name, { rules }]) => `${[name, ...rules].join(' ')}\n`).join('');
}
