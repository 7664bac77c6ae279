import type { IntakeReason } from "../../oracle/domain/evidence-refusal.ts";

/** A link that must not be followed, and why. */
export interface HostileLink {
  readonly name: string;
  readonly url: string;
  readonly reason: IntakeReason;
  /** What its host resolves to; the loopback where not given, so that what is followed would be seen. */
  readonly addresses?: readonly string[];
}

/** Spellings of addresses that lead nowhere public, all taken for what they are. */
const ADDRESSES: Readonly<Record<string, string>> = {
  loopback: "http://127.0.0.1/",
  "the rest of the loopback": "http://127.255.1.2/",
  "a short loopback": "http://127.1/",
  "a loopback in octal": "http://0177.0.0.1/",
  "a loopback in hexadecimal": "http://0x7f.0.0.1/",
  "a loopback as one number": "http://2130706433/",
  "a loopback as one number in hexadecimal": "http://0x7f000001/",
  "a loopback as one number in octal": "http://017700000001/",
  "a loopback in full width": "http://\uFF11\uFF12\uFF17.0.0.1/",
  "a loopback with ideographic points": "http://127\u30020\u30020\u30021/",
  "a loopback in circles": "http://\u2460\u2461\u2466.0.0.1/",
  "a loopback in percent encoding": "http://%31%32%37.0.0.1/",
  "a loopback with a point at the end": "http://127.0.0.1./",
  "this host": "http://0.0.0.0/",
  "this network": "http://0.1.2.3/",
  "zero as one number": "http://0/",
  "a private network of class A": "http://10.1.2.3/",
  "a private network of class B": "http://172.31.255.255/",
  "a private network of class C": "http://192.168.0.1/",
  "a carrier's network": "http://100.64.0.1/",
  "the metadata of a cloud": "http://169.254.169.254/latest/meta-data/",
  "the metadata of a cloud as one number": "http://2852039166/",
  "the metadata of a cloud in IPv6": "http://[fd00:ec2::254]/",
  "a link-local address": "http://169.254.1.1/",
  "protocol assignments": "http://192.0.0.8/",
  documentation: "http://192.0.2.1/",
  "more documentation": "http://198.51.100.7/",
  "a benchmark network": "http://198.18.0.1/",
  "the 6to4 relay": "http://192.88.99.1/",
  multicast: "http://224.0.0.1/",
  "a reserved network": "http://240.0.0.1/",
  broadcast: "http://255.255.255.255/",
  "loopback in IPv6": "http://[::1]/",
  "loopback in IPv6, written out": "http://[0:0:0:0:0:0:0:1]/",
  "no address in IPv6": "http://[::]/",
  "a mapped loopback": "http://[::ffff:127.0.0.1]/",
  "a mapped private address": "http://[::ffff:c0a8:1]/",
  "a compatible loopback": "http://[::127.0.0.1]/",
  "a translated loopback": "http://[::ffff:0:127.0.0.1]/",
  "NAT64 of a loopback": "http://[64:ff9b::7f00:1]/",
  "local NAT64": "http://[64:ff9b:1::7f00:1]/",
  "6to4 of a loopback": "http://[2002:7f00:1::]/",
  Teredo: "http://[2001:0:7f00:1::]/",
  "link-local in IPv6": "http://[fe80::1]/",
  "site-local in IPv6": "http://[fec0::1]/",
  "unique local in IPv6": "http://[fc00::1]/",
  "documentation in IPv6": "http://[2001:db8::1]/",
  "more documentation in IPv6": "http://[3fff::1]/",
  "multicast in IPv6": "http://[ff02::1]/",
  ORCHID: "http://[2001:20::1]/",
  "what is discarded": "http://[100::1]/",
  "segment routing": "http://[5f00::1]/",
};

const HOSTS: Readonly<Record<string, string>> = {
  localhost: "http://localhost/",
  "localhost in capitals": "http://LOCALHOST/",
  "localhost with a point at the end": "http://localhost./",
  "a name below localhost": "http://evil.localhost/",
  "localhost in full width": "http://\uFF4C\uFF4F\uFF43\uFF41\uFF4C\uFF48\uFF4F\uFF53\uFF54/",
  "localhost with a soft hyphen": "http://local\u00ADhost/",
  "localhost in circles": "http://\u24DB\u24DE\u24D2\u24D0\u24DB\u24D7\u24DE\u24E2\u24E3/",
  "a name of one label": "http://intranet/",
  "a service of a container network": "http://redis/",
  "a name of the local network": "http://printer.local/",
  "the metadata of a cloud by name": "http://metadata.google.internal/",
  "a name of the house": "http://router.home.arpa/",
  "a hidden service": "http://abcdefghij.onion/",
  "a reverse name": "http://1.0.0.127.in-addr.arpa/",
};

const public_ = (name: string, address: string): [string, HostileLink] => [
  name,
  { name, url: "http://public.evil.com/", reason: "link-address", addresses: [address] },
];

/** Cases for which a name or address is refused before any connection is made. */
export const HOSTILE_LINKS: readonly HostileLink[] = [
  ...Object.entries(ADDRESSES).map(([name, url]): HostileLink => ({ name, url, reason: "link-address" })),
  ...Object.entries(HOSTS).map(([name, url]): HostileLink => ({ name, url, reason: "link-host" })),
  ...new Map([
    public_("a public name of the loopback", "127.0.0.1"),
    public_("a public name of the loopback in IPv6", "::1"),
    public_("a public name of a mapped loopback", "::ffff:127.0.0.1"),
    public_("a public name of a private network", "10.0.0.8"),
    public_("a public name of a cloud's metadata", "169.254.169.254"),
    public_("a public name of an address with a zone", "fe80::1%lo"),
    public_("a public name of nonsense", "not an address"),
  ]).values(),
  {
    name: "a public name with one private address of several",
    url: "http://public.evil.com/",
    reason: "link-address",
    addresses: ["93.184.215.14", "127.0.0.1"],
  },
  { name: "a name without address", url: "http://public.evil.com/", reason: "link-unresolved", addresses: [] },
  ...[
    "file:///etc/passwd",
    "ftp://evil.com/a",
    "gopher://evil.com:80/_SET",
    "data:text/plain,hello",
    "javascript:alert(1)",
  ].map((url): HostileLink => ({ name: `the scheme ${url.slice(0, url.indexOf(":"))}`, url, reason: "link-scheme" })),
  { name: "the scheme ws", url: "ws://evil.com/", reason: "link-scheme" },
  { name: "the scheme of a page within", url: "blob:http://evil.com/1", reason: "link-scheme" },
  { name: "a name and a password", url: "http://user:secret@evil.com/", reason: "link-credentials" },
  { name: "a name alone", url: "http://127.0.0.1@evil.com/", reason: "link-credentials" },
  { name: "the port of Redis", url: "http://evil.com:6379/", reason: "link-port" },
  { name: "the port of SSH", url: "http://evil.com:22/", reason: "link-port" },
  { name: "the port of a node", url: "https://evil.com:8545/", reason: "link-port" },
];
