module.exports = { testMatch: ['**/*.spec.js'] }
