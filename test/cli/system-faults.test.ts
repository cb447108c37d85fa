import { expect, test } from 'vitest';
import { faultOf } from '../../src/cli/system-faults.ts';

const around = { postgres: 'db.test:5432', redis: 'queue.test:6379', dataDir: '.data' };
const system = (code: string, more: object = {}) => Object.assign(new Error(code), { code }, more);

test.for([
  [
    system('ECONNREFUSED', { port: 5432, address: '10.0.0.1' }),
    'database_unreachable',
    'Postgres at db.test:5432',
  ],
  [
    system('ECONNREFUSED', { port: 6379, address: '10.0.0.1' }),
    'redis_unreachable',
    'Redis at queue.test:6379',
  ],
  [system('ENOTFOUND'), 'database_unreachable', 'DATABASE_URL'],
  [system('28P01'), 'database_refused', 'password'],
  [system('3D000'), 'no_database', 'create it'],
  [system('53100'), 'disk_full', 'free some room'],
  [system('42P01'), 'not_migrated', 'pressrun migrate'],
  [system('EADDRINUSE', { port: 3000 }), 'port_in_use', 'Port 3000'],
  [system('EACCES', { syscall: 'listen', port: 80 }), 'port_not_allowed', 'Port 80'],
  [system('ENOENT', { path: 'a.md' }), 'no_such_file', 'a.md'],
  [system('EISDIR'), 'not_a_file', 'directory'],
  [system('EACCES', { path: 'a.md', syscall: 'open' }), 'not_allowed', 'a.md'],
  [system('ENOSPC', { path: '.data/x' }), 'disk_full', '.data/x'],
  [new AggregateError([system('ECONNREFUSED', { port: 5432 })]), 'database_unreachable', 'start it'],
] as const)('%s becomes one sentence that says what to do', ([error, code, words]) => {
  const fault = faultOf(error, around);
  expect(fault?.code).toBe(code);
  expect(fault?.message).toContain(words);
});

test('a fault that nobody foresaw stays one', () => {
  expect(faultOf(new TypeError('x is not a function'), around)).toBeNull();
});
