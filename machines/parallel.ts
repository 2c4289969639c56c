// All at once: a parallel state with one region a child. The output has the shape of `children`.
//
// The chart:
//   starting
//   running        a parallel state: both regions are active
//     words        the first region to fail leads to failed, which stops the others; with mode 'settled' none does
//     sentences
//   complete       when every region is
//   failed
import { fn, parallel } from 'tinyllm'

const words = fn({ name: 'words', run: (text: string) => text.split(/\s+/).length })
const sentences = fn({ name: 'sentences', run: (text: string) => text.split(/[.!?]+\s*/).filter(Boolean).length })

export const statistics = parallel({ name: 'statistics', children: { words, sentences } })

export const sample = 'It works. Why? Because it is a chart.'
