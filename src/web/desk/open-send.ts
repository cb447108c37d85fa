import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { findSend, type Send } from '../../delivery/send-store.ts';
import { requireId, type SendId, showId } from '../../ids.ts';
import { Fault } from '../../result.ts';
import type { Web } from '../web-parts.ts';
import { deskPublication } from './desk-page.ts';

const params = z.object({ send: z.string() });

/** The send that the path names, of the publication that it names. @throws {Fault} `unknown_send`, `bad_id` */
export async function openSend(web: Web, request: FastifyRequest) {
  const publication = await deskPublication(web, request);
  const id = requireId<SendId>('send', params.parse(request.params).send);
  const send: Send = await findSend(web.db, id);
  if (send.publication_id === publication.id) return { publication, send };
  throw new Fault('unknown_send', `${showId('send', id)} is not a send of ${publication.name}.`);
}
