import { YamlText } from '../../src/app/yaml-text';
import { AWKWARD_NUMBERS, AWKWARD_STRINGS } from '../support/awkward-scalars';
import { reachableClusters } from '../support/clusters';
import { Kubectl } from '../support/kubectl';

const [{ kubectl }] = reachableClusters();
/** JSON, into which kubectl converts YAML, has no other numbers; -0 is written as 0. */
const numbers = AWKWARD_NUMBERS.filter(number => Number.isFinite(number) && !Object.is(number, -0));

/**
 * Strings that kubectl misreads or refuses, since `Yaml.stringify` of cdk8s writes them as no parser of YAML 1.1 in Go reads them: an octal number of YAML 1.2, a
 * merge key, two separators of lines, half a character, and a text that begins with a tab.
 */
const MISREAD = ['0o17', '<<', '\u0085', '\u2028', '\ud800', '\ta\nb\n'];

test('kubectl reads what was written', async () => {
  const good = [...AWKWARD_STRINGS.filter(text => !MISREAD.includes(text)), ...numbers];
  expect(await read(kubectl, good)).toEqual(good.map(contentOf));
});

test.each(MISREAD.map(text => [JSON.stringify(text), text]))('kubectl still misreads or refuses %s', async (_, text) => {
  const answer = await read(kubectl, [text]).catch((error: Error) => error.message);
  expect(answer).not.toEqual([contentOf(text)]);
});

function contentOf(value: string | number): object {
  return { value, list: [value], [`key ${value}`]: { [value]: value } };
}

async function read(client: Kubectl, values: (string | number)[]): Promise<object> {
  const text = new YamlText().of({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'awkward' }, content: values.map(contentOf) });
  const json = await client.run(['create', '--dry-run=client', '--validate=false', '-o', 'json', '-f', '-'], { input: text });
  return (JSON.parse(json) as { content: object }).content;
}
