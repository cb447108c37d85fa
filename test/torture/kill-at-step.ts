import { subscribe } from 'node:diagnostics_channel';

/** Loaded into a worker that is to die: `TORTURE_KILL_AT=marked:37` kills it the 37th time that a letter is marked. */
const [doomed, times] = (process.env.TORTURE_KILL_AT ?? '').split(':');
let left = Number(times);

subscribe('pressrun.delivery', (step) => {
  if (step !== doomed) return;
  left -= 1;
  if (left <= 0) process.kill(process.pid, 'SIGKILL');
});
