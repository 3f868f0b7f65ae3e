/** Strings that YAML could read as something else, or that need quotes or several lines. */
export const AWKWARD_STRINGS: readonly string[] = [
  '', ' ', '  x', 'x ', '\t', '\n', '\n\n', 'a\n', 'a\n\n', '\na', '\n a', ' \na', 'a\n b', 'a\n\n\nb', 'a\n \nb', 'a\n\t\nb', 'a \nb', 'a\r\nb', 'a\rb', 'a\n---\nb', '---', '...', 'a\n...',
  'y', 'Y', 'n', 'N', 'yes', 'Yes', 'YES', 'no', 'on', 'off', 'On', 'OFF', 'true', 'True', 'TRUE', 'false', 'null', 'Null', 'NULL', '~', 'nan', '.nan', '.NaN', '.inf', '-.INF', 'yEs', 'nUll',
  '0', '-0', '+1', '1_000', '0b11', '0o17', '017', '08', '0x1F', '1e3', '1.', '.5', '1.5e+3', '-1.5', '190:20:30', '1:2', '12:30:45.5', '2001-12-14', '2001-12-14t21:59:43.10-05:00', '=', '<<', '1e', '0x', '12e45', 'e1', 'E0', 'e-10', 'E+5', 'e', 'e1x', '3f2a',
  'a: b', 'a:b', 'a:', ':a', 'a #b', 'a#b', '#a', '- a', '-', '-a', '?', '? a', '?a', 'a,b', '[a', 'a]', '{a', 'a}', '&a', '*a', '!a', '|', '>', '|a', '>a', "'", '"', "it's", '"quoted"', '%', '@a', '`a`', 'a\\b', 'a"b\nc',
  'a-', 'a -', 'a - b', 'a ?', 'a/', '/a', 'a.', '_', 'a  b', 'a: ', 'http://a.b/c?d=e', 'image:tag', 'a@sha256:0', '$(A)', '${A}', 'a;b', 'a(b)', '(a)', 'a=b', 'a+b', 'é', 'ß', '日本', '\u0085', '\u2028', '\u00a0', '\ufeff', '\u0000', '\u0007', '\u001b[0m', '\ud800', '💾',
  'x'.repeat(1024), 'x'.repeat(1025), 'x y '.repeat(100), `${'x'.repeat(90)}\n${'y '.repeat(90)}`, `  ${'x'.repeat(90)}\nb`, '#!/bin/bash\nset -e\n\n  echo "a: b"\n', 'a\n\n', 'a\n\n\n', ' a\nb\n', '\ta\nb\n', 'a\tb', 'a\n\tb', 'constructor', '__proto__x',
];

/** Numbers at every edge. */
export const AWKWARD_NUMBERS: readonly number[] = [
  0, -0, 1, -1, 0.1, 1e15, 1e16, 1e21, 1e-7, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1.5, NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308,
];
