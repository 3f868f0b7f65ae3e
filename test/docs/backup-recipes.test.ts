import { parseAllDocuments } from 'yaml';
import { readPage, sectionsOf } from './markdown';

/** The options that recipes set, of each kind of store, as rclone 1.75 names them. */
const OPTIONS: { readonly [type: string]: readonly string[] } = {
  's3': ['provider', 'region', 'endpoint', 'access_key_id', 'secret_access_key', 'no_check_bucket'],
  'google cloud storage': ['service_account_credentials', 'bucket_policy_only', 'no_check_bucket'],
  'azureblob': ['account', 'key', 'no_check_container'],
  'webdav': ['url', 'vendor', 'user', 'pass'],
  'crypt': ['remote', 'password', 'password2'],
};

interface Secret { readonly kind: string; readonly metadata: { readonly name: string }; readonly stringData: { readonly 'rclone.conf': string } }

const page = readPage('docs/backup-object-stores.md');
const recipes = sectionsOf(page).flatMap(({ heading, text }) => /^```yaml$/m.test(text) && !/^### /m.test(text) ? [[heading, blocksOf(text)] as const] : []);

function blocksOf(text: string): Secret[] {
  return [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].flatMap(([, yaml]) => parseAllDocuments(yaml).map(document => document.toJS() as Secret));
}

/** The remotes of a configuration, by their names. */
function remotesOf(configuration: string): Map<string, Map<string, string>> {
  const remotes = new Map<string, Map<string, string>>();
  let remote = new Map<string, string>();
  for (const line of configuration.split('\n').filter(text => text !== '')) {
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? [];
    const [, key, value] = /^(\w+) = (.+)$/.exec(line) ?? [];
    if (name !== undefined) remotes.set(name, remote = new Map());
    else if (key !== undefined) remote.set(key, value);
    else throw new Error(`not a line of rclone.conf: ${line}`);
  }
  return remotes;
}

test('there is a recipe for each store that the page promises', () => {
  expect(recipes.map(([heading]) => heading)).toEqual(['Amazon S3', 'MinIO and other servers that speak S3', 'Google Cloud Storage', 'Azure Blob Storage', 'WebDAV', 'Encrypted']);
});

test.each(recipes)('%s is a Secret that the snippets refer to, with options that rclone has', (_, secrets) => {
  expect(secrets).toHaveLength(1);
  const [{ kind, metadata, stringData }] = secrets;
  expect({ kind, name: metadata.name }).toEqual({ kind: 'Secret', name: 'rclone' });
  const remotes = remotesOf(stringData['rclone.conf']);
  expect([...remotes.keys()]).toContain('store');
  for (const options of remotes.values()) {
    const type = options.get('type') ?? '';
    expect(OPTIONS[type]).toEqual(expect.arrayContaining([...options.keys()].filter(key => key !== 'type')));
    if (type === 'crypt') expect([...remotes.keys()]).toContain(options.get('remote')?.split(':')[0]);
  }
  expect(page).toContain("remote: 'store'");
});
