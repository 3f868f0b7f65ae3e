import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, type AppProps, Chart } from 'cdk8s';
import { type Member, membersOf } from './construct-tree';
import { metadataOf, outputOf, type Output, yamlOf } from './output-files';
import { type SynthesisOrder, synthesisOrder } from './synthesis-order';
import { requireArguments } from '../input/check-input';

/**
 * Writes the same files with the same bytes as the `App` of cdk8s, but much faster.
 *
 * It visits each construct once, rather than the whole app again for each chart.
 *
 * Files are written after everything has been rendered, so an error leaves nothing half-written, and a file whose content does not change keeps its
 * modification time.
 *
 * @example
 * const app = new StatefulApp();
 * const shop = new Chart(app, 'shop', { namespace: 'shop' });
 * new StatefulDatabase(shop, 'Orders', {
 *   engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
 *   storage: { size: Size.gibibytes(20) },
 * });
 * app.synth();
 */
export class StatefulApp extends App {
  private readonly recordsConstructs: boolean;

  /**
   * Throws if a property has the wrong type.
   *
   * @param props those of the `App` of cdk8s
   */
  public constructor(props: AppProps = {}) {
    requireArguments('StatefulApp', props);
    super(props);
    // As the base class has it, where it is private.
    this.recordsConstructs = props.recordConstructMetadata ?? process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true';
  }

  /** Writes all manifests to the output directory. Throws, and writes nothing, if a construct is invalid or cannot be rendered. */
  public synth(): void {
    const members = membersOf(this);
    validate(members);
    const order = this.orderOf(members);
    if (order === undefined) {
      super.synth();
      return;
    }
    const { folders, files } = outputOf(this, order);
    write(this.outdir, { folders, files: this.recordsConstructs ? new Map([...files, ['construct-metadata.json', metadataOf(order)]]) : files });
  }

  /** The manifests of all charts, as one text. Throws if a construct is invalid or cannot be rendered. */
  public synthYaml(): string {
    const members = membersOf(this);
    const order = this.orderOf(members);
    if (order === undefined) return super.synthYaml();
    validate(members);
    return yamlOf(this, order);
  }

  /** The order of this app, or undefined if a chart renders itself in its own way, or the order is only known to cdk8s. */
  private orderOf(members: readonly Member[]): SynthesisOrder | undefined {
    const isOwn = members.some(({ asChart }) => asChart !== undefined && asChart.toJson !== Chart.prototype.toJson);
    return isOwn ? undefined : synthesisOrder(members);
  }
}

/** The validations of all constructs, with the error that cdk8s throws. */
function validate(members: readonly Member[]): void {
  const errors: string[] = [];
  for (const { construct: { node } } of members) {
    for (const error of node.validate()) errors.push(`[${node.path}] ${error}`);
  }
  if (errors.length > 0) throw new Error(`Validation failed with the following errors:\n  ${errors.join('\n  ')}`);
}

function write(outdir: string, { folders, files }: Output): void {
  for (const folder of ['.', ...folders]) fs.mkdirSync(path.join(outdir, folder), { recursive: true });
  for (const [name, content] of files) {
    const file = path.join(outdir, name);
    if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== content) fs.writeFileSync(file, content);
  }
}
