import { readFileSync } from 'fs';
import { synthClusters, synthObjects } from './subjects';
import { Manifest } from '../support/manifest';

/**
 * Prints the peak memory, in MiB, of one synthesis in a process of its own: of as many clusters as the argument
 * says, or of the objects in the file that it names.
 */
const [subject] = process.argv.slice(2);
if (/^\d+$/.test(subject)) synthClusters(Number(subject));
else synthObjects(JSON.parse(readFileSync(subject, 'utf8')) as Manifest[]);
console.log(Math.round(process.resourceUsage().maxRSS / 1024));
