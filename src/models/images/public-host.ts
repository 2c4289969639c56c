/** IPv4 networks that are not public (IANA's special-purpose registry), and Azure's metadata address. */
const NON_PUBLIC_NETWORKS = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
].map((network) => {
  const [first = '', bits] = network.split('/')
  return { first: parseIPv4(first) as number, beyond: 2 ** (32 - Number(bits)) }
})

/** The last labels of names of this machine or the local network. */
const PRIVATE_LABELS = ['localhost', 'local', 'internal', 'intranet', 'lan', 'home', 'corp', 'private']

/**
 * Whether a host may be on the public internet, by its name or address. It must be the `hostname` of a `URL`, which has
 * normalized decimal, octal, hexadecimal, shortened and full-width notations of an IPv4 address.
 */
export function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPublicAddress(hostname.slice(1, -1))
  if (parseIPv4(hostname) !== undefined) return isPublicAddress(hostname)
  const labels = hostname.toLowerCase().split('.').filter(Boolean)
  // A name without a dot is resolved in the local network.
  return (
    labels.length > 1 && !PRIVATE_LABELS.includes(labels.at(-1) as string) && labels.slice(-2).join('.') !== 'home.arpa'
  )
}

/** The same for an IP address, as DNS returns it. An invalid address is not public. */
export function isPublicAddress(address: string): boolean {
  const number = parseIPv4(address)
  if (number !== undefined) return isPublicIPv4(number)
  const groups = parseIPv6(address)
  return groups !== undefined && isPublicIPv6(groups)
}

function parseIPv4(address: string): number | undefined {
  const parts = address.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined
  return parts.reduce((number, part) => number * 256 + Number(part), 0)
}

const isPublicIPv4 = (number: number): boolean =>
  !NON_PUBLIC_NETWORKS.some(({ first, beyond }) => number >= first && number < first + beyond)

/** The eight groups of an IPv6 address, normalized by `URL`, without IPv4 notation at its end. */
function parseIPv6(address: string): readonly number[] | undefined {
  const [plain = ''] = address.split('%', 1)
  if (!/^[\da-f:.]{2,45}$/i.test(plain) || !URL.canParse(`http://[${plain}]`)) return undefined
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const before = parseGroups(head)
  if (tail === undefined) return before
  const after = parseGroups(tail)
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}

const parseGroups = (groups: string): number[] =>
  groups === '' ? [] : groups.split(':').map((group) => Number.parseInt(group, 16))

/** Only global unicast (2000::/3) is public; an embedded IPv4 address is checked as such. */
function isPublicIPv6(groups: readonly number[]): boolean {
  const [first = 0, second = 0, , , , , high = 0, low = 0] = groups
  const start = groups.slice(0, 6).join()
  const isMapped = start === '0,0,0,0,0,65535'
  const isTranslated = start === [0x64, 0xff9b, 0, 0, 0, 0].join()
  if (isMapped || isTranslated) return isPublicIPv4(high * 65536 + low)
  if (first >>> 13 !== 1) return false
  // 2001::/23 is for protocols (Teredo), 2002::/16 holds IPv4, 2001:db8::/32 and 3fff::/20 are for documentation.
  if (first === 0x2001) return second >= 0x200 && second !== 0xdb8
  return first !== 0x2002 && !(first === 0x3fff && second < 0x1000)
}
