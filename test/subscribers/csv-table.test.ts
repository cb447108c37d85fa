import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CsvRow, readCsv } from '../../src/subscribers/csv-table.ts';

/** In pieces of a few bytes, so that every border falls inside of a character, a quote or a line end. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(bytes: Buffer | string, size = 3): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const row of readCsv(inPieces(Buffer.from(bytes), size))) rows.push(row);
  return rows;
}

async function fields(bytes: Buffer | string): Promise<(readonly string[])[]> {
  return (await read(bytes)).map((row) => row.fields);
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

const TABLE = [
  ['email', 'name'],
  ['ada@example.com', 'Zoë “Ø” 周'],
];

test.each<[string, Buffer]>([
  ['UTF-8', Buffer.from('email,name\nada@example.com,Zoë “Ø” 周\n')],
  ['UTF-8 with a byte order mark', Buffer.from('\u{FEFF}email,name\r\nada@example.com,Zoë “Ø” 周')],
  ['UTF-16LE', Buffer.from('\u{FEFF}email\tname\r\nada@example.com\tZoë “Ø” 周\r\n', 'utf16le')],
  ['UTF-16BE', utf16be('\u{FEFF}email;name\nada@example.com;Zoë “Ø” 周')],
])('%s is read', async (_, bytes) => {
  expect(await fields(bytes)).toEqual(TABLE);
});

test('lines that cannot be UTF-8 are read as Windows-1252, the others as UTF-8', async () => {
  const windows = Buffer.from([0x5a, 0x6f, 0xeb, 0x20, 0x93, 0x80, 0x94]);
  const bytes = Buffer.concat([Buffer.from('email;name\na@example.com;Zoë\nb@example.com;'), windows]);
  expect(await fields(bytes)).toEqual([
    ['email', 'name'],
    ['a@example.com', 'Zoë'],
    ['b@example.com', 'Zoë “€”'],
  ]);
});

test.each([',', ';', '\t'])('%j between the fields is recognised', async (delimiter) => {
  const [a, b] = [['email', 'a,b', 'x;y'].map(quoted).join(delimiter), ['1', '2', '3'].join(delimiter)];
  expect(await fields(`${a}\n${b}`)).toEqual([
    ['email', 'a,b', 'x;y'],
    ['1', '2', '3'],
  ]);
});

test('Excel’s own hint about the delimiter is heeded and is no row', async () => {
  expect(await read('sep=;\r\nemail,x;name\r\n1;2\r\n')).toEqual([
    { line: 2, fields: ['email,x', 'name'] },
    { line: 3, fields: ['1', '2'] },
  ]);
});

test('a row has the line of the file in which it begins', async () => {
  const rows = await read('email,name\n\n1,"two\nlines"\r\n2,"a ""quoted"" word"\r\n\r\n3,x');
  expect(rows.map((row) => row.line)).toEqual([1, 3, 5, 7]);
  expect(rows[1]?.fields).toEqual(['1', 'two\nlines']);
  expect(rows[2]?.fields).toEqual(['2', 'a "quoted" word']);
});

test('a quotation mark inside of an unquoted field is a letter', async () => {
  expect(await fields('email,name\n1,Ada "the first" L')).toEqual([
    ['email', 'name'],
    ['1', 'Ada "the first" L'],
  ]);
});

test('one column and empty files are read', async () => {
  expect(await fields('email\na@example.com\n')).toEqual([['email'], ['a@example.com']]);
  expect(await fields('')).toEqual([]);
  expect(await fields('\u{FEFF}')).toEqual([]);
  expect(await fields('a')).toEqual([['a']]);
});

test('a quotation mark that is never closed is told to a person', async () => {
  await expect(read('email,name\n1,"x\n2,y\n')).rejects.toMatchObject({
    code: 'bad_csv',
    message: expect.stringContaining('never closed'),
  });
});

test('a source that fails, fails the reading', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from('email,name\n1,2\n');
    throw new Error('disk gone');
  }
  const reading = async () => {
    for await (const _ of readCsv(broken()));
  };
  await expect(reading()).rejects.toThrow('disk gone');
});

test('any table that is written quoted is read as it was, in any pieces', async () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\u{FEFF}'));
  const row = fc.tuple(cell, cell, cell).filter((cells) => cells.some((text) => text !== ''));
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 5 }),
      fc.constantFrom(',', ';', '\t'),
      fc.integer({ min: 1, max: 40 }),
      async (rows, delimiter, size) => {
        const table = [['email', 'b', 'c'], ...rows];
        const text = table.map((cells) => cells.map(quoted).join(delimiter)).join('\r\n');
        expect((await read(text, size)).map(({ fields }) => fields)).toEqual(table);
      },
    ),
    { numRuns: 200 },
  );
});

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
