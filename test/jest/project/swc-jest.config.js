module.exports = { transform: { '^.+\\.ts$': '@swc/jest' }, testMatch: ['**/*.spec.ts'] }
