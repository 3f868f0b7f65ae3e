const MORE = '{"spec":{"resources":{"requests":{"storage":"NEW_SIZE"}}}}';

/** The command that expands claims. */
export function growClaims(names: string[], namespace: string | undefined): string {
  if (names.length === 1) return `kubectl patch pvc ${names[0]}${inNamespace(namespace)} -p '${MORE}'`;
  return `for claim in ${names.join(' ')}; do kubectl patch pvc "$claim"${inNamespace(namespace)} -p '${MORE}'; done`;
}

/**
 * The command that expands the claims of a set. The set is deleted with its Pods orphaned, since claim templates are
 * immutable; the new one adopts the Pods.
 */
export function growSet(set: string, claims: string[], namespace: string | undefined): string {
  return `${growClaims(claims, namespace)} && kubectl delete statefulset ${set}${inNamespace(namespace)} --cascade=orphan`;
}

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : ` -n ${namespace}`;
}
