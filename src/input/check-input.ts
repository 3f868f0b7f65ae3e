import { Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { type Check, checkOf } from './checks';
import { classNameOf } from './class-of';
import { type Problem, within } from './problem';
import { SIGNATURES } from './type-table';
import { membersOf, structOf } from './type-texts';
import { invalid } from '../base/errors';

/** A parameter and the check of its value. */
interface Parameter {
  readonly name: string;
  readonly optional: boolean;
  readonly variadic: boolean;
  /** Whether errors name its properties without the parameter, as for `props` and `options`. */
  readonly isStruct: boolean;
  readonly check: Check;
}

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/ */
const NAMESPACE = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

const PARAMETERS = new Map<string, readonly Parameter[]>();

/**
 * Checks the arguments of a constructor before anything is created. Throws unless the names and types of all
 * properties, including nested ones, are correct. For languages other than TypeScript.
 */
export function requireNew(className: string, scope: Construct, id: string, props?: object): void {
  if (!Construct.isConstruct(scope)) {
    throw invalid(className, { property: 'scope', got: scope, expected: 'the chart, or a construct in it', hint: `Write new ${className}(chart, 'Id', …).` });
  }
  const chart = chartOf(scope);
  if (chart === undefined) {
    throw invalid(className, { property: 'scope', got: scope, expected: 'a chart, or a construct in one', hint: "Make a Chart in the App first: new Chart(app, 'shop')." });
  }
  requireNamespace(chart);
  if (typeof id !== 'string' || id === '') {
    throw invalid(scope, { property: 'id', got: id, expected: 'a non-empty string', hint: `Write new ${className}(chart, 'Id', …).` });
  }
  // The first two are checked above, in more words.
  const [, , parameter] = parametersOf(className);
  const problem = problemOf(parameter, [props], 0);
  if (problem !== undefined) throw invalid(`${scope.node.path}/${id}`, { property: problem.path, ...problem });
}

/** Checks the arguments of a constructor that has no scope, before anything is created. Throws unless the names and types of all properties are correct. */
export function requireArguments(className: string, ...given: unknown[]): void {
  parametersOf(className).forEach((parameter, i) => {
    const problem = problemOf(parameter, given, i);
    if (problem !== undefined) throw invalid(className, { property: problem.path, ...problem });
  });
}

/**
 * Decorates a method or factory so that it checks its arguments like constructors do. A test requires it on all public
 * ones with parameters.
 */
export function checked(target: object, name: string, descriptor: PropertyDescriptor): void {
  const original: unknown = descriptor.value;
  if (typeof original !== 'function') throw new Error(`${name} is no method`);
  let method = '';
  let parameters: readonly Parameter[] = [];
  descriptor.value = function (this: object, ...given: unknown[]): unknown {
    if (method === '') {
      method = `${classNameOf(typeof target === 'function' ? target : target.constructor)}.${name}`;
      parameters = parametersOf(method);
    }
    for (let i = 0; i < parameters.length; i++) {
      const problem = problemOf(parameters[i], given, i);
      if (problem !== undefined) throw invalid(Construct.isConstruct(this) ? `${this.node.path}.${name}` : method, { property: problem.path, ...problem });
    }
    return Reflect.apply(original, this, given);
  };
}

function problemOf({ name, optional, variadic, isStruct, check }: Parameter, given: readonly unknown[], i: number): Problem | undefined {
  if (optional && given[i] === undefined) return undefined;
  const problem = check(variadic ? given.slice(i) : given[i]);
  return problem === undefined || (isStruct && problem.path !== '') ? problem : within(name, problem);
}

function parametersOf(signature: string): readonly Parameter[] {
  const known = PARAMETERS.get(signature);
  if (known !== undefined) return known;
  const text = SIGNATURES[signature];
  if (text === undefined) throw new Error(`src/input/type-table.ts does not know ${signature}: run “npm run inputs”`);
  const parameters = membersOf(text).map(({ name, type, optional, variadic }): Parameter => ({
    name, optional, variadic, isStruct: structOf(type) !== undefined, check: checkOf(variadic ? `${type}[]` : type),
  }));
  PARAMETERS.set(signature, parameters);
  return parameters;
}

function chartOf(scope: IConstruct): Chart | undefined {
  for (let construct: IConstruct | undefined = scope; construct !== undefined; construct = construct.node.scope) {
    if (Chart.isChart(construct)) return construct;
  }
  return undefined;
}

/** The namespace of a chart becomes part of DNS names, and cdk8s takes any text. */
function requireNamespace(chart: Chart): void {
  const { namespace } = chart;
  if (namespace === undefined || (namespace.length <= 63 && NAMESPACE.test(namespace))) return;
  throw invalid(chart, {
    property: 'namespace',
    got: namespace,
    expected: "at most 63 characters: lower-case letters, digits and '-', beginning and ending with a letter or digit",
    hint: namespace === '' ? 'Omit it to have kubectl choose the namespace.' : 'Change it in the properties of the chart.',
  });
}
