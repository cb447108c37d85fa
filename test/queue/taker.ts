import { readConfig } from '../../src/config.ts';
import { silentLog } from '../../src/log.ts';
import { openQueues } from '../../src/queue/queues.ts';

/** Takes a wake-up and never gets done with it: a process to be killed. Arguments: database URL, Redis URL or "". */
const [databaseUrl = '', redisUrl = ''] = process.argv.slice(2);
const { queue } = readConfig(redisUrl ? { REDIS_URL: redisUrl } : {});
openQueues(queue, databaseUrl, silentLog).work(
  'batch',
  () => {
    process.stdout.write('taken');
    return new Promise(() => {});
  },
  1,
);
