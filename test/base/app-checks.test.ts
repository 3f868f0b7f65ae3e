import { App, Chart } from 'cdk8s';
import { checkApp } from '../../src/base/app-checks';

test('all checks of an app see its constructs, in one traversal', () => {
  const app = new App();
  checkApp(app, constructs => [`first: ${constructs.map(({ node }) => node.path)}`]);
  checkApp(app, constructs => [`second: ${constructs.length}`]);
  new Chart(app, 'shop');
  const traversals = jest.spyOn(app.node, 'findAll');
  expect(app.node.validate()).toEqual(['first: ,shop', 'second: 2']);
  expect(traversals).toHaveBeenCalledTimes(1);
});
