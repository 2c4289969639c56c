// The first case whose predicate holds. Where a decision asks a function, a branch looks at the input.
//
// The chart:
//   starting
//   running
//     deciding    the predicates, in their order
//     letter
//     parcel
//     otherwise
//   complete
//   failed        also when a predicate throws, or no case holds and there is no otherwise
import { branch } from 'tinyllm'

type Shipment = { grams: number }

export const shipping = branch({
  name: 'shipping',
  cases: [
    { name: 'letter', when: ({ grams }: Shipment) => grams <= 500, then: () => ({ by: 'post', price: 1.6 }) },
    { name: 'parcel', when: ({ grams }: Shipment) => grams <= 31_500, then: () => ({ by: 'van', price: 6.9 }) },
  ],
  otherwise: ({ grams }: Shipment) => ({ by: 'freight', price: Math.ceil(grams / 1000) }),
})

export const sample = { grams: 1200 }
