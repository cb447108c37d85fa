import { defineCommand } from './command.ts';
import { withParts } from './with-parts.ts';

export const migrateCommand = defineCommand({
  args: [],
  about: 'Brings the database up to date.',
  options: {},
  run: () =>
    withParts(
      async ({ migrations }) => ({
        value: { migrations },
        text: migrations.length === 0 ? 'The database is up to date.' : `Done: ${migrations.join(', ')}.`,
      }),
      { migrate: true },
    ),
});
