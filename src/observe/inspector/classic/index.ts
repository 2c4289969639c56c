export { ClassicBridge } from './bridge.ts'
export { toV4Machine, toV4State, type V4Machine } from './to-v4.ts'
