import { createHash } from 'node:crypto';
import type { Db } from '../db/database.ts';
import type { IssueDocument } from '../document/document.ts';
import { ASSET_PATH, picturesOf } from '../document/pictures.ts';
import type { Pictures } from '../rendering/pictures.ts';
import { Fault } from '../result.ts';
import { type PictureFormat, readPictureFormat } from './picture-format.ts';

/** A picture in Postgres, named by the SHA-256 of its bytes, so that any web host serves it for ever. */
export interface Asset extends PictureFormat {
  readonly hash: string;
}

export interface StoredAsset {
  readonly bytes: Buffer;
  readonly media_type: string;
  readonly width: number;
  readonly height: number;
}

export function assetPath({
  hash,
  extension,
}: {
  readonly hash: string;
  readonly extension: string;
}): string {
  return `/assets/${hash}.${extension}`;
}

/**
 * Keeps a picture; the same bytes again are the same asset.
 *
 * @throws {Fault} `bad_picture`
 */
export async function saveAsset(db: Db, bytes: Buffer): Promise<Asset> {
  const format = readPictureFormat(bytes);
  if (!format.ok) throw new Fault('bad_picture', `This picture ${format.error}.`);
  const hash = createHash('sha256').update(bytes).digest('hex');
  const { extension, media_type, width, height } = format.value;
  await db
    .insertInto('assets')
    .values({ hash, extension, media_type, bytes, width, height })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return { hash, ...format.value };
}

export async function findAsset(db: Db, hash: string, extension: string): Promise<StoredAsset | null> {
  const asset = await db
    .selectFrom('assets')
    .select(['bytes', 'media_type', 'width', 'height'])
    .where('hash', '=', hash)
    .where('extension', '=', extension)
    .executeTakeFirst();
  return asset ?? null;
}

/** The pictures of some documents that are kept here, by the path the documents have. */
export async function loadPictures(db: Db, documents: readonly IssueDocument[]): Promise<Pictures> {
  const hashes = documents
    .flatMap(picturesOf)
    .map(({ src }) => ASSET_PATH.exec(src)?.[1])
    .filter((hash) => hash !== undefined);
  if (hashes.length === 0) return new Map();
  const assets = await db
    .selectFrom('assets')
    .select(['hash', 'extension', 'width', 'height'])
    .where('hash', 'in', [...new Set(hashes)])
    .execute();
  return new Map(
    assets.map(({ hash, extension, width, height }) => {
      const path = assetPath({ hash, extension });
      return [path, { path, width, height }];
    }),
  );
}
