import type { Handover } from '../../src/mail/attempt.ts';

/** A sender that lets every message go and keeps no book of it. */
export const letGo: Handover = { mark: async () => true, record: async () => {} };
