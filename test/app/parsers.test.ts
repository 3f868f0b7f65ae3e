import * as jsYaml from 'js-yaml';
import { parseAllDocuments } from 'yaml';
import { YamlText } from '../../src/app/yaml-text';
import { AWKWARD_NUMBERS, AWKWARD_STRINGS } from '../support/awkward-scalars';

const values = [...AWKWARD_STRINGS, ...AWKWARD_NUMBERS.filter(number => !Object.is(number, -0))]; // -0 is written as 0

function read(version: '1.1' | '1.2'): (text: string) => unknown {
  return text => parseAllDocuments(text, { version })[0].toJS();
}

/**
 * Tools read manifests with parsers of YAML 1.1 and of YAML 1.2. What they misread is what `Yaml.stringify` of cdk8s writes without quotes, and our bytes are its
 * bytes: each case is listed. kubectl's parser is tested in test/api.
 */
test.each<[string, (text: string) => unknown, unknown[]]>([
  ['yaml, as YAML 1.1', read('1.1'), ['<<']],
  ['yaml, as YAML 1.2', read('1.2'), ['0o17']],
  ['js-yaml', text => jsYaml.loadAll(text)[0], ['0o17', '<<']],
])('%s reads what was written', (_, parse, misread) => {
  expect(values.filter(value => !reads(parse, value))).toEqual(misread);
  const rest = { empty: {}, list: [], nothing: null, yes: true, no: false, nested: [[], [{}], [[1], { a: [null] }]] };
  expect(parse(new YamlText().of(rest))).toEqual(rest);
});

function reads(parse: (text: string) => unknown, value: string | number): boolean {
  const document = { value, list: [value, { [`key ${value}`]: value }], [value]: [] };
  try {
    expect(parse(new YamlText().of(document))).toEqual(document);
    return true;
  } catch {
    return false;
  }
}
