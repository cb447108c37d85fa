import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { Fault } from '../../result.ts';

const MEBIBYTE = 1024 * 1024;

/** A letter and its pictures are small; what is larger than this was chosen by mistake. */
export const UPLOAD_LIMITS = { fileSize: 12 * MEBIBYTE, files: 60, fields: 10, fieldSize: 2 * MEBIBYTE };

interface UploadedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Upload {
  /** The chosen file; null where text was pasted instead. */
  readonly file: UploadedFile | null;
  readonly pictures: readonly UploadedFile[];
  readonly pasted: string;
  readonly revise: boolean;
}

/** @throws {Fault} `too_big`, `bad_upload` */
export async function readUpload(request: FastifyRequest): Promise<Upload> {
  if (!request.isMultipart())
    throw new Fault('bad_upload', 'The form came without its files: choose a file and try again.');
  let file: UploadedFile | null = null;
  const pictures: UploadedFile[] = [];
  const fields = new Map<string, string>();
  for await (const part of request.parts()) {
    if (part.type === 'field') fields.set(part.fieldname, String(part.value));
    else if (part.filename === '') part.file.resume();
    else if (part.fieldname === 'file') file = await readFile(part);
    else pictures.push(await readFile(part));
  }
  return { file, pictures, pasted: fields.get('text') ?? '', revise: fields.get('revise') === 'yes' };
}

async function readFile(part: MultipartFile): Promise<UploadedFile> {
  const name = path.basename(part.filename.replaceAll('\\', '/')).replace(/^\.*$/, 'unnamed');
  try {
    return { name, bytes: await part.toBuffer() };
  } catch (error) {
    if (part.file.truncated) {
      throw new Fault(
        'too_big',
        `"${name}" is larger than ${UPLOAD_LIMITS.fileSize / MEBIBYTE} MB: an issue is text, and its pictures are files beside it.`,
      );
    }
    throw error;
  }
}

/** Lays the upload out as the files it was, so that the issue finds its pictures beside it, for as long as `work` runs. */
export async function withUploadedFiles<Value>(
  upload: Upload,
  work: (bytes: Buffer, file: string) => Promise<Value>,
): Promise<Value> {
  const issue = upload.file ?? { name: 'pasted.md', bytes: Buffer.from(upload.pasted) };
  if (issue.bytes.length === 0)
    throw new Fault(
      'nothing_given',
      'There is no issue in the form: choose a Markdown file, or paste its text.',
    );
  const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-upload-'));
  try {
    for (const picture of upload.pictures) {
      for (const place of placesOf(picture.name, issue.bytes.toString()))
        await write(directory, place, picture.bytes);
    }
    await write(directory, issue.name, issue.bytes);
    return await work(issue.bytes, path.join(directory, issue.name));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A browser sends a picture by its name alone; the text may say in which folder it lay. */
function placesOf(name: string, text: string): string[] {
  const references = text.match(/[^\s()<>"'[\]]+/g) ?? [];
  return [name, ...new Set(references.filter((reference) => reference.endsWith(`/${name}`)))];
}

async function write(directory: string, place: string, bytes: Buffer): Promise<void> {
  const file = path.resolve(directory, place);
  // a text may name any path: only what stays in the folder is laid out
  if (!file.startsWith(directory + path.sep)) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
}
