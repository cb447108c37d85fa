import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../src/clock.ts';
import { testDatabase } from '../support/database.ts';
import { makePublication, openPress } from './press.ts';

const database = await testDatabase();
const windowMs = 10 * MINUTE_MS;
const press = await openPress(database, {
  rates: {
    signUpAddress: { points: 2, windowMs },
    signUpPrefix: { points: 5, windowMs },
    signUpDomain: { points: 8, windowMs },
  },
});
const { app, db } = press;
await makePublication(press, 'weekly');

function subscribe(email: string, address: string, json = false) {
  const remoteAddress = address;
  if (json) return app.inject({ method: 'POST', url: '/subscribe', payload: { email }, remoteAddress });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return app.inject({ method: 'POST', url: '/subscribe', headers, payload: `email=${email}`, remoteAddress });
}

test('one address may be given only so often, whatever network it comes from', async () => {
  expect((await subscribe('same@one.example.com', '192.0.2.1')).statusCode).toBe(303);
  expect((await subscribe('SAME@one.example.com', '198.51.100.1', true)).statusCode).toBe(202);
  const third = await subscribe('same@one.example.com', '203.0.113.1');
  expect(third.statusCode).toBe(429);
  expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
  expect(third.body).toContain('One moment, please');
});

test('one network may sign up only so many, form and JSON counted together', async () => {
  const codes: number[] = [];
  for (let at = 0; at < 6; at += 1) {
    const answer = await subscribe(`net${at}@domain${at}.example.com`, `2001:db8:7::${at + 1}`, at % 2 === 0);
    codes.push(answer.statusCode);
  }
  expect(codes.slice(-2)).toEqual([202, 429]);
  expect((await subscribe('net@domain9.example.com', '2001:db8:8::1')).statusCode).toBe(303);
});

test('one mail domain is not flooded through many addresses and networks', async () => {
  const codes: number[] = [];
  for (let at = 0; at < 9; at += 1) {
    codes.push((await subscribe(`victim${at}@flooded.example.com`, `10.0.${at}.1`, true)).statusCode);
  }
  expect(codes.slice(-2)).toEqual([202, 429]);
});

test('a program that is limited is told so as JSON', async () => {
  const answer = await subscribe('again@flooded.example.com', '10.1.0.1', true);
  expect(answer.json()).toMatchObject({ error: { code: 'too_many' } });
});

test('the counters hold no address of anyone', async () => {
  const { rows } = await database.pool.query('select key from rate_limits');
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toMatch(/@|example|192\.|2001/);
  expect(await db.selectFrom('subscribers').select('id').execute()).not.toEqual([]);
});
