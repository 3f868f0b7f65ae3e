import { SIGNATURES } from '../../src/input/type-table';
import * as library from 'cdk8s-stateful';

/** A method, whether of the class or of its objects. */
function methodOf(className: string, name: string): () => void {
  const made = Reflect.get(library, className) as { readonly prototype: object };
  return Reflect.get(name in made ? made : made.prototype, name) as () => void;
}

test.each(Object.keys(SIGNATURES).filter(name => name.includes('.')))('%s checks what it is given', signature => {
  const [className, method] = signature.split('.');
  expect(() => Reflect.apply(methodOf(className, method), {}, [Symbol('of no kind')])).toThrow(library.InvalidInputError);
});

test.each(Object.keys(SIGNATURES).filter(name => !name.includes('.')))('new %s checks what it is given', className => {
  const made = Reflect.get(library, className) as new (...given: unknown[]) => object;
  expect(() => new made('no scope', 'Id', {})).toThrow(library.InvalidInputError);
});
