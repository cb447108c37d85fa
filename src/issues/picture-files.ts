import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { IssueDocument } from '../document/document.ts';
import { ASSET_PATH, picturesOf } from '../document/pictures.ts';
import { readPictureFormat } from './picture-format.ts';

/** A letter's picture is shown 600 pixels wide: what is larger than this was meant for something else. */
export const LARGEST_PICTURE_BYTES = 5 * 1024 * 1024;

export interface PictureFiles {
  /** Bytes by the reference that the document has. */
  readonly found: ReadonlyMap<string, Buffer>;
  /** Pictures that are there and cannot be taken; one that is simply not there is in neither. */
  readonly refused: readonly { readonly src: string; readonly reason: string }[];
}

type Looked = { readonly bytes: Buffer } | { readonly refused: string } | null;

/** Reads the pictures that lie beside an issue's file, in its folder or below; `file` null: there is none. */
export async function readPictureFiles(document: IssueDocument, file: string | null): Promise<PictureFiles> {
  const found = new Map<string, Buffer>();
  const refused: { src: string; reason: string }[] = [];
  const loose = picturesOf(document)
    .map((picture) => picture.src)
    .filter((src) => !ASSET_PATH.test(src));
  for (const src of new Set(loose)) {
    const looked = await lookFor(src, file);
    if (looked && 'bytes' in looked) found.set(src, looked.bytes);
    else if (looked) refused.push({ src, reason: looked.refused });
  }
  return { found, refused };
}

async function lookFor(src: string, file: string | null): Promise<Looked> {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(src)) {
    return { refused: 'is an address, and pictures are not fetched: save it beside the file' };
  }
  if (file === null) return null;
  const folder = await realpath(path.dirname(path.resolve(file)));
  const wanted = path.resolve(folder, decoded(src));
  if (!isInside(folder, wanted)) return { refused: OUTSIDE };
  const real = await realpath(wanted).catch(nullIfAbsent);
  if (real === null) return null;
  return isInside(folder, real) ? readPicture(real) : { refused: OUTSIDE };
}

const OUTSIDE = "lies outside of the file's folder: copy it beside the file";

function isInside(folder: string, file: string): boolean {
  return file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

async function readPicture(file: string): Promise<Looked> {
  const { size, isFile } = await stat(file).then((stats) => ({ size: stats.size, isFile: stats.isFile() }));
  if (!isFile) return { refused: 'is not a file' };
  if (size > LARGEST_PICTURE_BYTES) {
    const megabytes = (size / 1024 / 1024).toFixed(1);
    return { refused: `has ${megabytes} MB, and a picture may have 5 MB: save it smaller` };
  }
  const bytes = await readFile(file);
  const format = readPictureFormat(bytes);
  return format.ok ? { bytes } : { refused: format.error };
}

/** References are addresses: a space may be written %20. */
function decoded(src: string): string {
  try {
    return decodeURIComponent(src).replaceAll('\0', '');
  } catch {
    return src;
  }
}

function nullIfAbsent(error: NodeJS.ErrnoException): null {
  if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(error.code ?? '')) return null;
  throw error;
}
