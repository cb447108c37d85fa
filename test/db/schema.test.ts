import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';

const database = await testDatabase();

/** Tables, columns, constraints and indexes of our schema, in a form that reads well in a diff. */
async function dumpSchema(): Promise<string> {
  const tables = await sql<{
    name: string;
    columns: string;
    constraints: string | null;
    indexes: string | null;
  }>`
    select c.relname as name,
      (select string_agg(format('  %s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
          case when a.attnotnull then ' not null' else '' end,
          coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')), e'\n' order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select string_agg('  ' || pg_get_constraintdef(k.oid), e'\n' order by k.contype, k.conname)
        from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n') as constraints,
      (select string_agg('  ' || i.indexdef, e'\n' order by i.indexname)
        from pg_indexes i where i.schemaname = 'public' and i.tablename = c.relname) as indexes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname not like 'kysely_%'
    order by c.relname`.execute(database.db);
  return tables.rows
    .map(({ name, columns, constraints, indexes }) =>
      [name, columns, constraints, indexes].filter(Boolean).join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}

test('the migrations make exactly the schema that is committed', async () => {
  await expect(await dumpSchema()).toMatchFileSnapshot('../../migrations/schema.txt');
});
