// CommonJS has no import.meta: test/tools/build.js puts the address of the ESM twin of this file in its place.
// @ts-ignore TS1343, in that build only
export const moduleUrl: string = import.meta.url
