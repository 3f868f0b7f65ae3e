/**
 * MariaDB 11.8 with its own volume, twice the default memory (from which the size of the buffer pool is derived), a table
 * that is created on first start, and a client whose environment variables begin with ARTICLES_.
 *
 * Create the Secret once:
 *
 *   kubectl create secret generic articles-credentials --namespace blog \
 *     --from-literal=username=blog --from-literal=password="$(openssl rand -hex 16)"
 */
import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { DatabaseEngine, MariadbVersion, PodSecurity, StatefulDatabase } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'mariadb', { namespace: 'blog' });

const articles = new StatefulDatabase(chart, 'Articles', {
  engine: DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }),
  storage: { size: Size.gibibytes(10) },
  databaseName: 'blog',
  resources: { memory: { limit: Size.gibibytes(2) } },
  parameters: { max_connections: '200' },
  initScripts: { '10-schema.sql': 'create table article (id int auto_increment primary key, title varchar(200) not null);\n' },
});

const site = new kplus.Deployment(chart, 'Site', {
  containers: [{ image: 'blog/site:1', portNumber: 8080, securityContext: PodSecurity.restricted({ user: 1000 }) }],
});
articles.grantConnect(site, { prefix: 'ARTICLES_' });

app.synth();
