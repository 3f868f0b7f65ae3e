import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** How one subject compares with another, measured in the same run. */
export interface Comparison {
  /** The median of the ratios of all rounds. */
  readonly ratio: number;
  /** Half of the rounds lie between these. */
  readonly quartiles: readonly [number, number];
  /** The median of each subject, as seconds or MiB. */
  readonly medians: readonly [number, number];
}

/** Takes two subjects in turn. Both of a round see about the same load. The first round warms up and does not count, unless it is the only one. */
export function compare([first, second]: readonly [() => number, () => number], rounds: number): Comparison {
  const pairs: [number, number][] = [];
  for (let round = rounds === 1 ? 1 : 0; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`);
    const pair: [number, number] = [first(), second()];
    if (round > 0) pairs.push(pair);
  }
  const ratios = pairs.map(([one, other]) => one / other);
  return {
    ratio: quantile(ratios, 0.5),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    medians: [quantile(pairs.map(([one]) => one), 0.5), quantile(pairs.map(([, other]) => other), 0.5)],
  };
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

/** The slope of time over size, both logarithmic: 1 is linear. The least time of three counts, since other load only makes it longer. */
export function growthExponent(sizes: readonly number[], work: (size: number) => unknown): number {
  const points = sizes.map(size => {
    progress(`growth: ${size}`);
    return { x: Math.log(size), y: Math.log(Math.min(...[1, 2, 3].map(() => seconds(() => work(size))))) };
  });
  const [x, y] = [mean(points.map(point => point.x)), mean(points.map(point => point.y))];
  return points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}

/** How long `work` takes, beginning with no garbage: it would otherwise collect that of the subject before it. */
export function seconds(work: () => unknown): number {
  collectGarbage();
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
