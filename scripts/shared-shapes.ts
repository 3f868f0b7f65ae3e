import * as ts from 'typescript';

/**
 * Lets the objects that one literal creates share a hidden class: `{ ...a, b }` becomes `{ ...null, ...a, b }`, which is the same object. V8 before Node 22 copies the
 * class of `a` for each object of a literal that begins with a spread and goes on, which takes ten times as long, and slows down all that reads the object.
 *
 * @param text a module in JavaScript
 */
export function withSharedShapes(text: string): string {
  const starts: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node) && goesOnAfterSpread(node.properties)) starts.push(node.properties[0].getStart());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('module.js', text, ts.ScriptTarget.Latest, true));
  return [0, ...starts.sort((a, b) => a - b)].map((start, i, all) => text.slice(start, all[i + 1])).join('...null, ');
}

function goesOnAfterSpread([first, ...others]: readonly ts.ObjectLiteralElementLike[]): boolean {
  return first !== undefined && ts.isSpreadAssignment(first) && others.length > 0;
}
