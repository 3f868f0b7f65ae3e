import { postgresArguments, postgresParameters } from '../../../src/database/engines/postgres/parameters';

const sizing = (memory: number, storage = 20 * 1024, parameters = {}) => postgresParameters({
  path: 'test', name: 'db', memory, storage, hbaFile: '/hba', standbys: 0, parameters, allowed: { unlisted: [] },
});

describe('PostgreSQL', () => {
  test.each([
    [256, { max_connections: '20', shared_buffers: '64MB', effective_cache_size: '128MB', maintenance_work_mem: '16MB', work_mem: '3276kB' }],
    [1024, { max_connections: '100', shared_buffers: '256MB', effective_cache_size: '512MB', maintenance_work_mem: '64MB', work_mem: '2621kB' }],
    [16384, { max_connections: '300', shared_buffers: '4096MB', effective_cache_size: '8192MB', maintenance_work_mem: '1024MB', work_mem: '13981kB' }],
  ])('%d MiB of memory', (memory, expected) => {
    expect(sizing(memory)).toMatchObject(expected);
  });

  test.each([
    [1024, { max_wal_size: '128MB', min_wal_size: '32MB', wal_keep_size: '32MB', max_slot_wal_keep_size: '256MB' }],
    [20 * 1024, { max_wal_size: '2560MB', min_wal_size: '640MB', wal_keep_size: '640MB', max_slot_wal_keep_size: '5120MB' }],
  ])('a volume of %d MiB', (storage, expected) => {
    expect(sizing(1024, storage)).toMatchObject(expected);
  });

  test('every memory limit from the minimum has room for the derived parameters', () => {
    for (let memory = 256; memory < 65536; memory += 61) expect(() => sizing(memory)).not.toThrow();
  });

  test('parameters of the user take precedence, and the derived ones follow', () => {
    expect(sizing(1024, 1024, { max_connections: '50', shared_buffers: '128MB', log_connections: 'on' }))
      .toMatchObject({ max_connections: '50', shared_buffers: '128MB', work_mem: '5242kB', log_connections: 'on', hot_standby: 'on', hba_file: '/hba' });
  });

  test('huge pages are off unless the Pod requests them', () => {
    expect(sizing(1024)).toMatchObject({ huge_pages: 'off' });
    expect(sizing(1024, 1024, { huge_pages: 'on' })).toMatchObject({ huge_pages: 'on' });
  });

  test('without standbys any number of senders is valid; with standbys two for each are required', () => {
    expect(sizing(1024, 1024, { max_wal_senders: '10' })).toMatchObject({ max_wal_senders: '10' });
  });

  test('names are normalized', () => {
    expect(sizing(1024, 1024, { 'Work-Mem': '1.5MB' })).toMatchObject({ work_mem: '1.5MB' });
    expect(sizing(1024, 1024, { 'Work-Mem': '1.5MB' })).not.toHaveProperty('Work-Mem');
  });

  test('arguments are sorted and escaped', () => {
    expect(postgresArguments({ b: '1', a: '$(HOME) $$ %m' })).toEqual(['--a=$$(HOME) $$$$ %m', '--b=1']);
  });
});
