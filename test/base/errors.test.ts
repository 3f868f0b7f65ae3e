import { inspect } from 'node:util';
import { App, Size } from 'cdk8s';
import { conflict, invalid, mustNotBeSet } from '../../src/base/errors';
import { newChart } from '../support/manifests';
import { expectInvalid, refusalOf } from '../support/refusals';
import { DatabaseEngine, InvalidInputError, Members, PostgresVersion, StatefulDatabase, StatefulWorkload, StorageClass } from 'cdk8s-stateful';

const engine = DatabaseEngine.postgres({ version: PostgresVersion.V17 });

test('an error has what was given and what is allowed in fields, and in its text', () => {
  const error = refusalOf(() => Members.quorum(4));
  expect(error).toMatchObject({
    name: 'InvalidInputError', where: 'Members.quorum', property: 'count', got: 4, allowed: 'an odd number', hint: '4 members tolerate no more failures than 3: use 3 or 5.',
  });
  expect(error.message).toBe("Members.quorum: invalid 'count': got 4, expected an odd number. 4 members tolerate no more failures than 3: use 3 or 5.");
});

test('an error says which construct was given the input', () => {
  expectInvalid(() => new StatefulWorkload(newChart(), 'Store', { replicas: 0.5 }), { where: 'test/Store', property: 'replicas', got: 0.5 });
});

test('two inputs that contradict each other are an error of the same class', () => {
  const error: Error = conflict('test/Store', 'both are given', 'Give one.');
  expect(error).toBeInstanceOf(InvalidInputError);
  expect(error).toMatchObject({ message: 'test/Store: both are given. Give one.', where: 'test/Store', property: undefined, hint: 'Give one.' });
});

test('an error without a hint ends after what is allowed', () => {
  expect(invalid('x', { property: 'a.b', got: ['c', { d: 1, e: {} }], expected: 'nothing' }).message).toBe("x: invalid 'a.b': got ['c', { d: 1, e: … }], expected nothing.");
});

test.each<[string, unknown, string]>([
  ['a construct', new StatefulWorkload(newChart(), 'Store'), 'the StatefulWorkload test/Store'],
  ['an object of a class', Members.quorum(3), 'a Members'],
  ['an App, which has no path', new App(), 'the App'],
  ['a function', () => 1, 'a function'],
  ['a function with a name', newChart, 'the function newChart'],
  ['an object without a prototype', Object.create(null), '{}'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
])('an error shows %s in one line', (_, got, shown) => {
  expect(invalid('x', { property: 'a', got, expected: 'nothing' }).message).toBe(`x: invalid 'a': got ${shown}, expected nothing.`);
});

test('a property that must not be set is named with the reason', () => {
  expect(mustNotBeSet('test/Store', { property: 'config.port', got: '1', reason: 'it is fixed' })).toMatchObject({
    message: "test/Store: 'config.port' must not be set: it is fixed.", where: 'test/Store', property: 'config.port', got: '1', allowed: 'nothing',
  });
});

test.each([
  ['of a product', () => new StatefulDatabase(newChart(), 'Orders', { engine, storage: { size: Size.gibibytes(1), storageClass: StorageClass.fromName(newChart(), 'Disk', 'disk'), expandable: true } })],
  ['of a part, which the product reports', () => new StatefulDatabase(newChart(), 'Orders', { engine, storage: { size: Size.gibibytes(1) }, podLabels: { 'a b': 'c' } })],
])('the stack of an error %s leads to the line of the caller, however deep the library is', (_, act) => {
  expect(refusalOf(act).stack).toContain(__filename);
});

test('an error that nobody catches is printed once, without its fields', () => {
  const error = refusalOf(() => Members.quorum(4));
  expect(inspect(error)).toBe(error.stack);
});
