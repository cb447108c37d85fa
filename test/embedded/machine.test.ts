import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { newDataDir, run, serverPid, startUser, USER_PROCESS, usedDataDir } from './processes.ts';

const NOBODY = { uid: 65_534, gid: 65_534, cwd: '/' };
const inNamespace = ['--user', '--map-root-user', '--mount'];
const mayUnshare = spawnSync('unshare', [...inNamespace, 'true']).status === 0;
const mayBeNobody =
  process.getuid?.() === 0 && spawnSync('cat', [USER_PROCESS], { ...NOBODY, stdio: 'ignore' }).status === 0;
if (!mayUnshare) console.warn('SKIPPED: a full disk, and root in a container; unshare is forbidden here');
if (!mayBeNobody) console.warn('SKIPPED: another user; that needs root, and a checkout that others may read');

/** Runs a process as the root of a namespace of its own, between two lines of shell. */
function runPrepared(before: string, directory: string, after = 'true') {
  const script = `${before} && "$0" "$1" "$2/data dir"; ${after}`;
  return run('unshare', [...inNamespace, 'sh', '-c', script, process.execPath, USER_PROCESS, directory]);
}

test.runIf(mayUnshare)(
  'a disk too small for the first start: one sentence, nothing half-written',
  async () => {
    const dataDir = await newDataDir();
    const disk = 'mount -t tmpfs -o size=20m none "$2"';
    const user = runPrepared(disk, path.dirname(dataDir), 'find "$2"/*');
    expect(await user.next()).toMatchObject({
      fault: 'disk_full',
      message: expect.stringMatching(/disk .* is full: free some room/),
    });
    expect(await user.rest()).toEqual([dataDir]);
  },
);

test.runIf(mayUnshare)('a disk that filled up between two starts: one sentence', async () => {
  const dataDir = await usedDataDir();
  const disk = 'mount -t tmpfs -o size=200m none /mnt && cp -a "$2/data dir" /mnt && mount --bind /mnt "$2"';
  const fill = '(dd if=/dev/zero of=/mnt/filled bs=1M 2>/dev/null || true)';
  const user = runPrepared(`${disk} && ${fill}`, path.dirname(dataDir));
  expect(await user.next()).toMatchObject({ fault: 'disk_full' });
});

test.runIf(mayUnshare)('root where no other id may be had, as in many containers: one sentence', async () => {
  const forbid = 'echo 0 > /proc/sys/user/max_user_namespaces';
  const user = runPrepared(forbid, path.dirname(await newDataDir()));
  expect(await user.next()).toMatchObject({
    fault: 'embedded_as_root',
    message: expect.stringMatching(/as an ordinary user, or set DATABASE_URL/),
  });
});

test.runIf(mayBeNobody)(
  'an ordinary user has a press, and root joins and restarts it as that user',
  async () => {
    const dataDir = await newDataDir();
    await chown(path.dirname(dataDir), NOBODY.uid, NOBODY.gid);
    const ordinary = startUser(dataDir, 'start', NOBODY);
    const { url } = await ordinary.next();
    expect(url).toMatch(/^postgres:/);
    const root = startUser(dataDir);
    expect((await root.next()).url).toBe(url);
    await ordinary.release();
    await root.release();

    const again = startUser(dataDir);
    const pid = await serverPid((await again.next()).url);
    const { stdout } = spawnSync('ps', ['-o', 'uid=', '-p', String(pid)], { encoding: 'utf8' });
    expect(Number(stdout)).toBe(NOBODY.uid);
  },
);

test.runIf(mayBeNobody)('a data directory of another user is left alone', async () => {
  const dataDir = await newDataDir();
  await mkdir(dataDir, { mode: 0o700 });
  await chmod(path.dirname(dataDir), 0o755);
  expect(await startUser(dataDir, undefined, NOBODY).next()).toMatchObject({ fault: 'EACCES' });
  expect(await readdir(dataDir)).toEqual([]);
});
