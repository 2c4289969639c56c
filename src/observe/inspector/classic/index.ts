export { startClassicBridge, type ClassicBridgeOptions } from './start.ts'
export { toV4Machine, toV4State, type V4Machine } from './to-v4.ts'
