import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { commands } from '../../src/cli/commands.ts';
import { readConfig, requirePublicUrl } from '../../src/config.ts';

const service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  profiles: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
});
const text = readFileSync('docker-compose.yml', 'utf8');
const compose = z.object({ services: z.record(z.string(), service) }).parse(parse(text, { merge: true }));
const press = Object.entries(compose.services).filter(([, { image }]) => image === 'pressrun');

test('the press runs as a migration, pages and workers, each a command that exists', () => {
  expect(press.map(([name]) => name)).toEqual(['migrate', 'web', 'worker']);
  for (const [, { command }] of press) expect(Object.keys(commands)).toContain(command?.join(' '));
});

test('with a filled .env, what each service is given is a production environment', () => {
  const filled: Record<string, string> = {
    POSTGRES_PASSWORD: 'ab12',
    APP_SECRET: 'x'.repeat(64),
    SMTP_URL: 'smtp://mail.example.com:587',
    PUBLIC_URL: 'https://letters.example.com',
  };
  for (const [, { environment = {} }] of press) {
    const config = readConfig(interpolate(environment, filled));
    requirePublicUrl(config);
    expect(config).toMatchObject({
      database: { kind: 'url' },
      queue: { kind: 'redis' },
      host: '0.0.0.0',
      port: 3000,
    });
    expect(config.mail.kind).toBe('servers');
  }
});

test('with keys named in .env, whoever mails finds them in the folder that is mounted', () => {
  const named = { DKIM_DOMAIN: 'example.com', DKIM_SELECTOR: 'r2026', DKIM_KEY_FILE: '/press/keys/rsa.pem' };
  for (const [, { environment = {}, volumes }] of press) {
    expect(interpolate(environment, named)).toMatchObject(named);
    expect(volumes).toEqual(['./keys:/press/keys:ro']);
  }
});

test('a secret that is not in .env stops it with a sentence', () => {
  for (const name of ['POSTGRES_PASSWORD', 'APP_SECRET', 'SMTP_URL']) {
    expect(text).toMatch(new RegExp(`\\$\\{${name}:\\?`));
    expect(text, `${name} has no default`).not.toMatch(new RegExp(`\\$\\{${name}:-`));
  }
});

test('the queue evicts nothing, only pages and the try-out mailbox are published, and Mailpit waits for its profile', () => {
  expect(compose.services.redis?.command?.join(' ')).toContain('--maxmemory-policy noeviction');
  const published = Object.entries(compose.services).filter(([, { ports }]) => ports);
  expect(published.map(([name]) => name)).toEqual(['web', 'worker']);
  expect(compose.services.worker?.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
  expect(compose.services.mailpit?.profiles).toEqual(['mailpit']);
});

test('the image takes in what exists, and the press in it is no root', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from = '']) =>
    from.split(' '),
  );
  const sent = readFileSync('.dockerignore', 'utf8').split('\n');
  for (const name of copied) {
    expect(existsSync(name), name).toBe(true);
    expect(sent, name).toContain(`!${name}`);
  }
  expect(dockerfile).toMatch(/^USER node$/m);
});

/** `${NAME}`, `${NAME:?sentence}` and `${NAME:-default}`, one within another, as Compose fills them. */
function interpolate(environment: Record<string, string | number>, values: Record<string, string>) {
  const fill = (value: string): string => {
    const filled = value.replace(
      /\$\{(\w+)(?::[?-]([^{}]*))?\}/g,
      (_, name, other = '') => values[name] ?? other,
    );
    return filled === value ? value : fill(filled);
  };
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(String(value))]));
}
