import * as echarts from 'echarts';
import type { Result } from './measures';

/** Draws the ratios that have a target, and the targets, as SVG. */
export function chartOf(results: readonly Result[]): string {
  const rows = results.filter(({ target }) => target !== undefined).reverse(); // the first at the top
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 930, height: 60 + 44 * rows.length });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    grid: { left: 460, right: 60, top: 40, bottom: 20 },
    legend: { top: 5 },
    xAxis: { type: 'value' },
    yAxis: { type: 'category', data: rows.map(({ what, value }) => `${what}: ${value.toFixed(2)}`), axisLabel: { width: 440, overflow: 'break' } },
    series: [
      { name: 'measured', type: 'bar', itemStyle: { color: '#326ce5' }, data: rows.map(({ value }) => Number(value.toFixed(2))) },
      { name: 'target, at most', type: 'scatter', symbol: 'rect', symbolSize: [3, 26], itemStyle: { color: '#d9480f' }, data: rows.map(({ target }) => target) },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
