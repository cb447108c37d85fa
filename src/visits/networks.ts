import { BlockList, isIP } from 'node:net';

/**
 * Networks from which mail is checked. Facts as data, each with its source, all read on 2026-11-23. Only what a maker or its
 * customers' filter settings name as the mail filter's own: whole clouds and web mailers' picture proxies are left out,
 * for people are behind those. What runs in a cloud under a browser's name is found by what it does, not by where it is.
 */
interface Network {
  readonly name: string;
  /**
   * Pages are also shown from there to people (browser isolation): what comes late may be somebody who clicked. Without it,
   * nobody reads mail there.
   */
  readonly showsPages: boolean;
  /** In CIDR notation, as the source writes them. */
  readonly ranges: readonly string[];
}

const NETWORKS: readonly Network[] = [
  {
    // endpoint sets 9 and 10, *.protection.outlook.com, of learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges;
    // github.com/gophish/gophish/issues/973 and github.com/edalzell/laravel-passwordless-login/issues/79 saw Safe Links
    // fetch from them. Outlook on the web fetches pictures from other ranges (github.com/warmbly/warmbly/pull/412)
    name: 'Microsoft Defender',
    showsPages: false,
    ranges: [
      ...['40.92.0.0/15', '40.107.0.0/16', '52.100.0.0/14', '52.238.78.88/32', '104.47.0.0/17'],
      ...['2a01:111:f400::/48', '2a01:111:f403::/48'],
      // not in these sets; what 9,000 requests for one newsletter's link came from: stackoverflow.com/questions/67179134
      '40.94.0.0/16',
    ],
  },
  {
    // campus.barracuda.com, doc 96023004, has 209.222.80.0/21; the blocks of the regions are from lists of other projects that name
    // Barracuda's, not from a page of its own
    name: 'Barracuda',
    showsPages: false,
    ranges: [
      ...['209.222.80.0/21', '3.24.133.128/25', '15.222.16.128/25', '35.157.190.224/27', '18.185.115.192/26'],
      ...[
        '18.184.203.224/27',
        '13.200.136.128/25',
        '35.176.92.96/27',
        '18.133.136.128/26',
        '18.133.136.96/27',
      ],
    ],
  },
  {
    // Proofpoint Essentials' list of its data centres, as customers put it into the filters behind it; 205.220.160.0/19
    // and 66.159.224.0/19 by Microsoft's list of filters that relay to it. Proofpoint Isolation shows pages from there
    name: 'Proofpoint',
    showsPages: true,
    ranges: [
      ...['67.231.144.0/20', '148.163.128.0/19', '205.220.160.0/19', '66.159.224.0/19', '91.209.104.0/24'],
      ...['91.207.212.0/23', '62.209.50.0/23', '185.132.180.0/22', '185.183.28.0/22'],
    ],
  },
  {
    // Mimecast's page "Data Centers and URLs", as customers put it into the filters behind it (United States and Europe).
    // Mimecast Browser Isolation shows pages from there
    name: 'Mimecast',
    showsPages: true,
    ranges: [
      ...['207.211.30.0/24', '207.211.31.0/25', '205.139.110.0/23', '216.205.24.0/24', '63.128.21.0/24'],
      ...['170.10.128.0/22', '170.10.132.0/23', '91.220.42.0/24', '146.101.78.0/24', '195.130.217.0/24'],
      ...['207.82.80.0/24', '185.58.85.0/24', '185.58.86.0/24'],
    ],
  },
];

const lists = NETWORKS.map(({ name, ranges }) => ({ name, list: listOf(ranges) }));

/** The name of the known network that an address belongs to; null: none, or no address. */
export function networkOf(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 0) return null;
  return lists.find(({ list }) => list.check(plain, family === 4 ? 'ipv4' : 'ipv6'))?.name ?? null;
}

/** Whether people may be behind a network's late visits, by its name. */
export function showsPages(network: string): boolean {
  return NETWORKS.some(({ name, showsPages }) => name === network && showsPages);
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
