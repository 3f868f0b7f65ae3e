import type { IConstruct } from 'constructs';
import { PerApp } from './per-app';

/** The problems that synthesis reports, found by looking at all constructs of an app. */
export type AppCheck = (constructs: readonly IConstruct[]) => string[];

const checksOf = new PerApp(app => {
  const checks: AppCheck[] = [];
  app.node.addValidation({
    validate: () => {
      const constructs = app.node.findAll();
      return checks.flatMap(check => check(constructs));
    },
  });
  return checks;
});

/** Adds a check to each validation of an app. All checks share its traversal: cdk8s validates at least twice, and each traversal takes 0.3 % of a synthesis. */
export function checkApp(app: IConstruct, check: AppCheck): void {
  checksOf.of(app).push(check);
}
