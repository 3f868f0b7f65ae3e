import { createHash } from 'crypto';
import { App } from 'cdk8s';
import { contentHash, Contents } from '../../src/base/content-hash';

const ofJson = ({ data, binaryData }: Contents) =>
  createHash('sha256').update(JSON.stringify([data, binaryData])).digest('hex').slice(0, 10);

test.each<[string, Contents]>([
  ['texts', { data: { 'a.sh': 'echo "ä – 語"\n', 'b.sh': '' } }],
  ['a name that JSON escapes', { data: { 'a"b': 'c' } }],
  ['no file', { data: {} }],
  ['nothing', {}],
  ['binary files', { data: { a: 'b' }, binaryData: { c: 'ZA==' } }],
])('the hash of %s is that of their JSON, asked for once or twice', (_, contents) => {
  const app = new App();
  expect([contentHash(app, contents), contentHash(app, contents)]).toEqual([ofJson(contents), ofJson(contents)]);
});
