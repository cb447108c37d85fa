import { obeyOrders } from './bench-child.ts';
import { playRequests, type RequestFigures } from './http-requests.ts';
import { redirectOrder } from './redirect-orders.ts';

/** Readers who click, in a process of their own, as browsers ask. Different ones: each visitor is hashed. */

obeyOrders(async (message): Promise<RequestFigures> => {
  const { port, paths, requests, connections } = redirectOrder.parse(message);
  const written = Array.from({ length: requests }, (_, n) => clickOn(paths[n % paths.length] ?? '/', n));
  return playRequests(port, written, connections, '302');
});

function clickOn(path: string, n: number): Buffer {
  const head = [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    `User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${n % 1000}.0 Safari/537.36`,
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language: en,de;q=0.7',
    'Accept-Encoding: gzip, deflate, br',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n`);
}
