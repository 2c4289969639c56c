import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSuperlinear } from '../../proportion.ts'
import { parseDataUrl } from '../../../src/models/images/data-url.ts'
import { isMarkup, sniffMediaType } from '../../../src/models/images/sniff-media-type.ts'

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))
const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')
const PNG = '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'
const JPEG = '\xff\xd8\xff\xe0\0\x10JFIF\0'
const box = (brands: string) => `\0\0\0${String.fromCharCode(8 + brands.length)}ftyp${brands}`

describe('the type of a file, by its bytes', () => {
  const types: Record<string, string> = {
    [PNG]: 'image/png',
    [JPEG]: 'image/jpeg',
    GIF89a: 'image/gif',
    GIF87a: 'image/gif',
    'RIFF\x10\0\0\0WEBPVP8 ': 'image/webp',
    'BM\x46\0\0\0\0\0\0\0\x36': 'image/bmp',
    'II*\0\x08': 'image/tiff',
    'MM\0*\0': 'image/tiff',
    [box('avif\0\0\0\0avifmif1')]: 'image/avif',
    [box('heic\0\0\0\0mif1heic')]: 'image/heic',
    [box('mif1\0\0\0\0mif1heic')]: 'image/heic',
    [box('mif1\0\0\0\0mif1avif')]: 'image/avif',
    [box('mif1\0\0\0\0')]: 'image/heif',
    '\0\0\x01\0\x01\0\x10\x10\0\0\x01\0': 'image/x-icon',
    '%PDF-1.7': 'application/pdf',
    '<svg xmlns="http://www.w3.org/2000/svg"/>': 'image/svg+xml',
    '\xef\xbb\xbf \n<?xml version="1.0"?>\n<!-- <html> -->\n<!DOCTYPE svg [<!ENTITY a "<b>">]><svg>': 'image/svg+xml',
    '<svg:svg xmlns:svg="http://www.w3.org/2000/svg">': 'image/svg+xml',
  }
  test.each(Object.entries(types))('%j', (beginning, type) => {
    expect(sniffMediaType(bytes(beginning))).toBe(type)
    expect(sniffMediaType(bytes(beginning + '\0'.repeat(9999)))).toBe(type)
  })

  test.each([
    '',
    'hello',
    'BMW is a car, and no picture',
    'RIFF\x10\0\0\0WAVEfmt ',
    '<!doctype html><svg>',
    '<html><svg/>',
    box('isom\0\0\0\0mp42'),
    box('qt  \0\0\0\0'),
    '\0\0\x01\xba',
    '{"error":"no"}',
    '<!-- <svg> -->',
    '< svg',
    '<!--',
    '<?',
    ' ',
    '<!a[',
  ])('%j is no picture, not even many times', (beginning) => {
    expect(sniffMediaType(bytes(beginning))).toBeUndefined()
    expect(sniffMediaType(bytes(beginning.repeat(9999)))).toBeUndefined()
  })

  test('a page is told from a picture', () => {
    expect(['<!DOCTYPE html><p>', ' <html>', '<?xml?><Error>', '<p>'].map((text) => isMarkup(bytes(text)))).toEqual(
      Array(4).fill(true),
    )
    expect([PNG, '', 'no', '{}', '<', '< a', '1 < 2'].map((text) => isMarkup(bytes(text)))).toEqual(
      Array(7).fill(false),
    )
  })

  test('whatever the bytes are, it ends', () => {
    const starts = [...Object.keys(types), '<!--', '<?', '<!'].map(bytes)
    const any = fc.tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }), fc.nat(40))
    const property = fc.property(any, ([start, rest, cut]) => {
      const file = Uint8Array.from([...start.subarray(0, cut), ...rest])
      expect([undefined, ...Object.values(types), 'image/jxl', 'image/heic-sequence']).toContain(sniffMediaType(file))
    })
    fc.assert(property, { numRuns: 1000 })
  })
})

describe('a data: URL', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" fill="#ff0000">é</svg>'
  const svgBase64 = Buffer.from(svg).toString('base64')
  const urls: [url: string, mediaType: string, base64: string][] = [
    [`data:image/png;base64,${base64(PNG)}`, 'image/png', base64(PNG)],
    [`DATA:IMAGE/PNG;BASE64,${base64(PNG)}`, 'image/png', base64(PNG)],
    ['data:image/png;base64,AAAA', 'image/png', 'AAAA'],
    [`data:image/*;base64,${base64(PNG)}`, 'image/png', base64(PNG)],
    [`data:;base64,${base64(JPEG)}`, 'image/jpeg', base64(JPEG)],
    [`data:image/png;base64,${base64(JPEG)}`, 'image/jpeg', base64(JPEG)],
    [`data:application/octet-stream;base64,${base64(JPEG)}`, 'image/jpeg', base64(JPEG)],
    [`data:image/png;name=a.png;charset=utf-8; base64,${base64(PNG)}`, 'image/png', base64(PNG)],
    [`data:application/pdf;base64,${base64('%PDF-1.7')}`, 'application/pdf', base64('%PDF-1.7')],
    [`data:audio/wav;base64,${base64('RIFFxxxxWAVE')}`, 'audio/wav', base64('RIFFxxxxWAVE')],
    [`data:image/svg+xml,${encodeURIComponent(svg)}`, 'image/svg+xml', svgBase64],
    [`data:image/svg+xml;utf8,${svg}`, 'image/svg+xml', svgBase64],
    [`data:image/svg+xml;charset=utf-8,${svg}`, 'image/svg+xml', svgBase64],
    [`data:image/svg+xml;base64,${encodeURIComponent(svgBase64)}`, 'image/svg+xml', svgBase64],
    ['data:image/png;base64,_-8', 'image/png', '/+8='],
    ['data:image/png;base64,AA\r\n A=\t=', 'image/png', 'AAA='],
    ['data:,100%', 'text/plain', base64('100%')],
    ['data:,a%4', 'text/plain', base64('a%4')],
    ['data:text/csv,a%2Cb,c', 'text/csv', base64('a,b,c')],
    ['data:image/png;base64,', 'image/png', ''],
  ]
  test.each(urls)('%s', (url, mediaType, base64) => {
    expect(parseDataUrl(url)).toEqual({ mediaType, base64 })
  })

  test.each([
    'https://a.org/a.png',
    'data:image/png;base64',
    'data:image/png;base64,A',
    'data:;base64,a*b=',
    '',
    'data',
  ])('%j is none', (url) => {
    expect(parseDataUrl(url)).toBeUndefined()
  })

  test('holds the bytes that were put into it, in both ways', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (file, isBase64) => {
      const written = Buffer.from(file).toString('base64')
      const escaped = Array.from(file, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
      const url = isBase64 ? `data:x/y;base64,${written}` : `data:x/y,${escaped}`
      expect(parseDataUrl(url)?.base64).toBe(written)
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test.each<[string, (length: number) => string]>([
    ['base64', (length) => `data:image/png;base64,${'A'.repeat(length)}`],
    ['text', (length) => `data:image/svg+xml,${'%3C'.repeat(length / 3)}`],
    ['blanks', (length) => `data:image/png;base64,${' '.repeat(length)}*`],
    ['signs at the end', (length) => `data:image/png;base64,${'='.repeat(length)}*`],
    ['semicolons', (length) => `data:${';'.repeat(length)},`],
    ['no comma', (length) => `data:image/png${';base64'.repeat(length / 7)}`],
    ['noise', (length) => `data:x/y;base64,${deflateSync(Buffer.alloc(length)).toString('base64')}`],
  ])('is read in linear time: %s', async (_, url) => {
    expect(await isSuperlinear((length) => parseDataUrl(url(length)), 8_000_000)).toBe(false)
  })
})
