import { Fault } from '../result.ts';

/** What a fault of the system can be told apart by; secrets of the addresses never come here. */
export interface Surroundings {
  /** `host:port` of Postgres, and of Redis if there is one. */
  readonly postgres: string | null;
  readonly redis: string | null;
  readonly dataDir: string;
}

interface SystemError extends Error {
  readonly code?: string;
  readonly path?: string;
  readonly port?: number;
  readonly address?: string;
  readonly syscall?: string;
}

/**
 * The sentence for a fault that the system, Postgres or Redis names by a code, or null for one that
 * nobody foresaw. Codes: errno(3), and Postgres's appendix "Error Codes".
 */
export function faultOf(error: unknown, around: Surroundings): Fault | null {
  if (error instanceof Fault) return error;
  if (error instanceof AggregateError) return faultOf(error.errors[0], around);
  if (!(error instanceof Error)) return null;
  if (error.name === 'AbortError') return failure('interrupted', 'Stopped before it was done.');
  return postgresFault(error, around) ?? networkFault(error, around) ?? fileFault(error, around);
}

const UNREACHABLE = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNRESET',
];

function networkFault(error: SystemError, around: Surroundings): Fault | null {
  if (error.code === 'EADDRINUSE') {
    const port = error.port ?? 'wanted';
    return failure('port_in_use', `Port ${port} is in use: end what holds it, or set PORT to another.`);
  }
  if (error.code === 'EACCES' && error.syscall === 'listen') {
    return failure(
      'port_not_allowed',
      `Port ${error.port} may not be opened by this user: set PORT to one above 1023.`,
    );
  }
  if (!UNREACHABLE.includes(error.code ?? '')) return null;
  const where = error.address && error.port ? `${error.address}:${error.port}` : null;
  if (around.redis && portOf(around.redis) === error.port) {
    return failure(
      'redis_unreachable',
      `Redis at ${around.redis} does not answer: start it, or correct REDIS_URL.`,
    );
  }
  if (around.postgres && (error.port === undefined || portOf(around.postgres) === error.port)) {
    return unreachablePostgres(around);
  }
  return failure('unreachable', `${where ?? 'A server'} does not answer (${error.code}).`);
}

function portOf(hostAndPort: string): number {
  return Number(hostAndPort.slice(hostAndPort.lastIndexOf(':') + 1));
}

function unreachablePostgres(around: Surroundings): Fault {
  return failure(
    'database_unreachable',
    `Postgres at ${around.postgres} does not answer: start it, or correct DATABASE_URL.`,
  );
}

function postgresFault(error: SystemError, around: Surroundings): Fault | null {
  const at = around.postgres ? `Postgres at ${around.postgres}` : 'Postgres';
  if (/^(timeout expired|Connection terminated)/.test(error.message)) return unreachablePostgres(around);
  switch (error.code) {
    case '28P01':
    case '28000':
      return failure('database_refused', `${at} refuses the user or the password: correct DATABASE_URL.`);
    case '3D000':
      return failure('no_database', `${at} has no such database: create it, or correct DATABASE_URL.`);
    case '42501':
      return failure('database_rights', `${at} does not let this user do that: ${error.message}.`);
    case '53100':
      return diskFull(`The disk of ${at} is full`);
    case '53300':
      return failure(
        'database_busy',
        `${at} has no connection left: raise max_connections, or run fewer processes.`,
      );
    case '57P01':
    case '57P02':
    case '57P03':
      return failure('database_stopping', `${at} is starting or stopping: try again in a moment.`);
    case '42P01':
    case '42703':
      return failure('not_migrated', 'The database is not up to date: run "pressrun migrate".');
    default:
      return null;
  }
}

function fileFault(error: SystemError, around: Surroundings): Fault | null {
  const file = error.path ?? 'a file';
  switch (error.code) {
    case 'ENOENT':
      return new Fault('no_such_file', `There is no file ${file}: check the path.`);
    case 'EISDIR':
      return new Fault('not_a_file', `${error.path ? file : 'That path'} is a directory: name a file.`);
    case 'ENOTDIR':
    case 'EEXIST':
      return new Fault('not_a_directory', `${file} is not a directory: choose another path.`);
    case 'ERR_FS_FILE_TOO_LARGE':
      return new Fault('too_big', 'That file has more than 2 GB: name another one.');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failure(
        'not_allowed',
        `This user may not read or write ${file}: change its rights, or choose another path.`,
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(`The disk is full (${error.path ?? around.dataDir})`);
    default:
      return null;
  }
}

function diskFull(what: string): Fault {
  return failure('disk_full', `${what}: free some room and run this again.`);
}

function failure(code: string, message: string): Fault {
  return new Fault(code, message, 'failure');
}
