import { runLine } from './run-line.ts';

// a reader that went away (`pressrun issue list | head -1`) is no fault, and no reason to leave things open
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const status = await runLine(process.argv.slice(2));
// all that was said has left before the process does, even where a library keeps a handle open
process.stdout.write('', () => process.stderr.write('', () => process.exit(status)));
