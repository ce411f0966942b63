import js from "@eslint/js"
import globals from "globals"

export default [
  { ignores: ["node_modules/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", caughtErrors: "all", ignoreRestSiblings: true }],
      "no-undef": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: ["core/ui/components/**/*.js", "tests/browser/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["tests/js/**/*.js", "*.js"], languageOptions: { globals: globals.node } },
]
