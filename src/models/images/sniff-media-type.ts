const latin1 = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))

/** In bytes: how much of a file is examined. */
export const SNIFF_LENGTH = 4096

const FTYP_BRANDS: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  avis: 'image/avif',
  heic: 'image/heic',
  heix: 'image/heic',
  heim: 'image/heic',
  heis: 'image/heic',
  hevc: 'image/heic-sequence',
  hevx: 'image/heic-sequence',
  mif1: 'image/heif',
  msf1: 'image/heif-sequence',
}

/** The first bytes of file formats. */
const SIGNATURES: readonly (readonly [beginning: string, type: string])[] = [
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['II*\0', 'image/tiff'],
  ['MM\0*', 'image/tiff'],
  ['%PDF-', 'application/pdf'],
  ['\xff\x0a', 'image/jxl'],
  ['\0\0\0\x0cJXL \r\n\x87\n', 'image/jxl'],
]

/** The media type of an image (or PDF) by its first bytes; undefined if it is unknown. */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  const start = latin1(bytes, 0, 16)
  const [, type] = SIGNATURES.find(([beginning]) => start.startsWith(beginning)) ?? []
  if (type) return type
  if (start.startsWith('RIFF')) return start.slice(8, 12) === 'WEBP' ? 'image/webp' : undefined
  if (start.slice(4, 8) === 'ftyp') return ftypMediaType(bytes)
  if (start.startsWith('BM') && start.slice(6, 10) === '\0\0\0\0') return 'image/bmp'
  // The number of images follows; byte 9 is reserved and always 0.
  if (start.startsWith('\0\0\x01\0') && bytes[4] !== 0 && bytes[5] === 0 && bytes[9] === 0) return 'image/x-icon'
  return rootElement(bytes) === 'svg' ? 'image/svg+xml' : undefined
}

/** The major brand may be the general one (mif1); the compatible brands are more specific. */
function ftypMediaType(bytes: Uint8Array): string | undefined {
  const end = Math.min(((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0), bytes.length, 256)
  const brands = [latin1(bytes, 8, 12)]
  for (let at = 16; at + 4 <= end; at += 4) brands.push(latin1(bytes, at, at + 4))
  const types = brands.flatMap((brand) => FTYP_BRANDS[brand] ?? [])
  return FTYP_BRANDS[brands[0] as string] && (types.find((type) => !type.startsWith('image/heif')) ?? types[0])
}

/** Whether it is HTML or XML, such as an error page in place of an image. */
export const isMarkup = (bytes: Uint8Array): boolean => Boolean(rootElement(bytes))

/** The name of the first element; `''` if it is not within the examined bytes, undefined if it is not markup. */
function rootElement(bytes: Uint8Array): string | undefined {
  if (!/^(\xef\xbb\xbf)?\s{0,999}<[a-z!?]/i.test(latin1(bytes, 0, 1024))) return undefined
  const head = new TextDecoder().decode(bytes.subarray(0, SNIFF_LENGTH)).toLowerCase()
  for (let at = head.indexOf('<'); at !== -1;) {
    const end = endOfProlog(head, at)
    const [, name] = ELEMENT_NAME.exec(head.slice(at, at + 100)) ?? []
    if (end === undefined || (name && name !== 'svg')) return name ?? ''
    at = end === -1 ? -1 : head.indexOf('<', end)
  }
  return ''
}

/** An element, or a doctype, which names the root element. */
const ELEMENT_NAME = /^<(?:!doctype\s+)?(?:[\w-]+:)?([a-z][\w-]*)/

/**
 * The end of a comment, a processing instruction or a doctype; -1 if it is not in `head`, undefined if there is none at
 * `at`.
 */
function endOfProlog(head: string, at: number): number | undefined {
  if (head.startsWith('<!--', at)) return head.indexOf('-->', at)
  if (head.startsWith('<?', at)) return head.indexOf('?>', at)
  if (!head.startsWith('<!', at)) return undefined
  const end = head.indexOf('>', at)
  const inner = head.indexOf('[', at)
  return inner !== -1 && inner < end ? head.indexOf(']>', inner) : end
}
