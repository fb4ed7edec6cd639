// A report as tables, for a terminal and for Markdown alike: a title and rows of cells, of which the first is the row's name.

const rounded = (value) => (value === undefined ? '' : value.toFixed(0));
const ratio = (a, b) => (a / b).toFixed(2);

/** The tables of one run, as { title, head, rows }. */
export function tables({ handshakes, bulk, memory, others, limits }) {
  const all = [
    {
      title: 'Handshakes, CPU microseconds of both ends: connect, handshake, a byte each way, close',
      head: [
        '',
        'glasstls',
        'node:tls',
        'ratio',
        'primitives',
        'raw TCP',
        'above both',
        'glasstls *',
        'node:tls *',
        'ratio *',
      ],
      rows: handshakes.map(handshakeCells),
      note: '* a SecureContext for each connect; before that one for all. Both verify the chain, and give as many tickets.',
    },
    {
      title: 'Bulk, MB/s, both ends in one process',
      head: ['', 'glasstls', 'node:tls', 'ratio', 'ceiling'],
      rows: bulk.map(({ version, direction, write, figures: { glasstls, 'node:tls': native, ceiling } }) => [
        `${version.slice(4)}, ${direction}, ${write} B writes`,
        rounded(glasstls),
        rounded(native),
        ratio(glasstls, native),
        rounded(ceiling),
      ]),
      note: 'Ceiling: full records sealed and opened by node:crypto one by one, and as many bytes of raw TCP in writes of 16 KB.',
    },
    {
      title: 'Memory of an idle server connection, bytes (RSS after garbage collection)',
      head: ['', 'glasstls', 'node:tls', 'ratio'],
      rows: memory.map(({ version, first, more, glasstls, 'node:tls': native }) => [
        `${version.slice(4)}, from ${first} connections to ${first + more}`,
        rounded(glasstls),
        rounded(native),
        ratio(glasstls, native),
      ]),
    },
  ];
  if (others.length > 0) all.push(othersTable(others, limits));
  return all;
}

function handshakeCells({ row, without, figures, primitives, tcp, above }) {
  if (without !== undefined) return [row, `not run: ${without}`];
  const { glasstls, 'node:tls': native, 'glasstls, own context': own, 'node:tls, own context': nativeOwn } = figures;
  return [
    row,
    ...[rounded(glasstls), rounded(native), ratio(glasstls, native), rounded(primitives), rounded(tcp), rounded(above)],
    ...[rounded(own), rounded(nativeOwn), ratio(own, nativeOwn)],
  ];
}

function othersTable(others, limits) {
  const names = [
    ...new Set(others.flatMap(({ figures, without }) => [...Object.keys(figures), ...Object.keys(without)])),
  ];
  return {
    title: 'Clients of one server of node:tls, CPU microseconds of both ends',
    head: ['', ...names],
    rows: others.map(({ row, figures, without }) => [
      row,
      ...names.map((name) => rounded(figures[name]) || without[name]),
    ]),
    note: Object.entries(limits)
      .map(([name, what]) => `${name}: ${what}.`)
      .join(' '),
  };
}

/** For a terminal. */
export function tablesOf(run) {
  const { node, openssl, rounds } = run;
  const drawn = tables(run).map(({ title, head, rows, note }) => {
    // What is not measured says so over several columns.
    const whole = [head, ...rows].filter(({ length }) => length === head.length);
    const widths = head.map((_, i) => Math.max(...whole.map((cells) => cells[i].length)));
    const line = (cells) =>
      cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[i]))).join('  ');
    return [title, ...[head, ...rows].map(line), ...(note ? [note] : [])].map((one) => one.trimEnd()).join('\n');
  });
  return [`Node ${node}, OpenSSL ${openssl}; medians of ${rounds} rounds taken in turns`, ...drawn, ''].join('\n\n');
}
