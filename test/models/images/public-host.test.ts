import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPublicAddress, isPublicHost } from '../../../src/models/images/public-host.ts'

const words = (text: string) => text.trim().split(/\s+/)
const isPublic = (host: string) => isPublicHost(new URL(`http://${host}/`).hostname)

describe('a host', () => {
  test.each(
    words(`
      localhost LOCALHOST localhost. a.localhost printer.local metadata.google.internal metadata intranet nas.lan
      router.home.arpa wiki.corp x.internal. 127.0.0.1 127.1 127.255.255.254 0.0.0.0 0 2130706433 0x7f000001
      0x7f.1 0177.0.0.1 017700000001 127.0.0.1. １２７.0.0.1 ①②⑦.⓪.⓪.① %31%32%37.0.0.1 10.1.2.3 0xa010203 172.16.0.1
      172.31.255.255 192.168.1.1 3232235777 169.254.169.254 0xA9FEA9FE 100.64.0.1 100.100.100.200 100.127.255.255
      192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.9.9 198.51.100.7 203.0.113.7 224.0.0.1 239.1.1.1
      240.0.0.1 255.255.255.255 168.63.129.16 [::] [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1]
      [::FFFF:169.254.169.254] [::127.0.0.1] [::ffff:0:127.0.0.1] [64:ff9b::10.0.0.1] [64:ff9b:1::1] [fe80::1]
      [febf::1] [fec0::1] [fc00::1] [fd00:ec2::254] [ff02::1] [2001::1] [2001:db8::1] [2002:7f00:1::] [3fff::1]
      [100::1] [4000::1] [5f00::1]
    `),
  )('%s is private', (host) => {
    expect(isPublic(host)).toBe(false)
  })

  test.each(
    words(`
      example.org a.b.example localhost.example.org internal.example.org example.org. bücher.example 1.1.1.1
      8.8.8.8 134744072 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.0.1 128.0.0.1 169.253.0.1
      169.255.0.1 172.15.255.255 172.32.0.0 192.167.0.1 192.169.0.1 198.17.0.1 198.20.0.1 223.255.255.255
      [2606:4700:4700::1111] [2a00:1450::8a] [2001:4860::8888] [::ffff:8.8.8.8] [64:ff9b::8.8.8.8] [3ffe::1]
    `),
  )('%s may be public', (host) => {
    expect(isPublic(host)).toBe(true)
  })

  test.each(['fe80::1%eth0', '::ffff:10.0.0.1', 'nonsense', '', ':', '1.2.3', '1.2.3.256', '::1/128', 'g::1'])(
    'the answer %j of DNS is not public',
    (address) => {
      expect(isPublicAddress(address)).toBe(false)
    },
  )
})

const byte = fc.nat(255)
const closed = fc.oneof(
  fc.tuple(fc.constantFrom(0, 10, 127), byte, byte, byte),
  fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
  fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
  fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
  fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
  fc.tuple(fc.integer({ min: 224, max: 255 }), byte, byte, byte),
)
const numberOf = ([a, b, c, d]: readonly [number, number, number, number]) => ((a * 256 + b) * 256 + c) * 256 + d
const part = (n: number, base: number) =>
  base === 16 ? `0x${n.toString(16)}` : base === 8 ? `0${n.toString(8)}` : `${n}`
const base = fc.constantFrom(8, 10, 16)

test('a private IPv4 address is private in every way that it can be written', () => {
  const property = fc.property(
    closed,
    fc.tuple(base, base, base, base),
    fc.integer({ min: 1, max: 4 }),
    (ip, bases, length) => {
      // The last part of a shortened address stands for all that are missing.
      const rest = ip.slice(length - 1).reduce((sum, value) => sum * 256 + value, 0)
      const parts = [...ip.slice(0, length - 1), rest]
      const written = parts.map((value, place) => part(value, bases[place] as number)).join('.')
      const number = numberOf(ip)
      const low = `${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`
      for (const host of [written, `[::ffff:${ip.join('.')}]`, `[::ffff:${low}]`, `[64:ff9b::${low}]`, `[::${low}]`])
        expect(isPublic(host), host).toBe(false)
      expect(isPublicAddress(`::FFFF:${ip.join('.')}`)).toBe(false)
    },
  )
  fc.assert(property, { numRuns: 1000 })
})

test('of IPv6, only 2000::/3 and what holds a public IPv4 address is public', () => {
  const group = fc.nat(0xffff)
  const groups = fc.tuple(group, group, group, group, group, group, group, group)
  const property = fc.property(groups, (groups) => {
    const address = groups.map((value) => value.toString(16)).join(':')
    if (isPublicAddress(address)) expect((groups[0] & 0xe000) === 0x2000).toBe(true)
    expect(isPublic(`[${address}]`)).toBe(isPublicAddress(address))
  })
  fc.assert(property, { numRuns: 1000 })
})
