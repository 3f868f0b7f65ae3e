import type { IConstruct } from 'constructs';
import { invalid } from '../base/errors';

/** What the name of a setting ends with whose value is a secret: `ssl.keystore.password`, `sasl.jaas.config`; not `password_encryption`. */
const SECRET = /(^|[-._])(password|passwd|pwd|passphrase|secret|token|pass|jaas[-._]config|(secret|master|private|keystore)[-._]key)$/;

/** Switches, such as `disconnect_on_expired_password`, are no secrets. */
const SWITCH = /^(on|off|yes|no|true|false|0|1)?$/i;

/** Throws if a setting would put a secret into a ConfigMap, or onto a command line. Its value is not in the error. */
export function requireNoSecret(where: IConstruct | string, property: string, name: string, value: string): void {
  const words = name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
  if (!SECRET.test(words) || SWITCH.test(value.trim())) return;
  throw invalid(where, {
    property,
    got: '(not shown)',
    expected: 'no secret among the settings',
    hint: 'Whoever may read the manifests or the ConfigMap would know it. Mount a Secret, and use a setting that takes the path of a file, if there is one.',
  });
}
