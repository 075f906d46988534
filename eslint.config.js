// The rules that the compiler cannot state: exhaustive switches, no floating promises, type-only imports, no `any`,
// and no shell between cellfarm and a child process. Layout is prettier's business, layers are scripts/guards'.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const noShell = {
  'no-restricted-imports': [
    'error',
    {
      paths: ['child_process', 'node:child_process'].map((name) => ({
        name,
        importNames: ['exec', 'execSync'],
        message: 'Use execFile or spawn with an argument list: no shell reads a string of ours.',
      })),
    },
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: "Property[key.name='shell'][value.value=true]",
      message: 'Spawn with an argument list: no shell reads a string of ours.',
    },
    {
      selector: "CallExpression[callee.property.name='execSync']",
      message: 'Use execFileSync with an argument list: no shell reads a string of ours.',
    },
    {
      selector:
        "CallExpression[callee.object.name=/^(childProcess|child_process|cp)$/][callee.property.name='exec']",
      message: 'Use execFile with an argument list: no shell reads a string of ours.',
    },
  ],
};

const nodeGlobals = [
  'AbortController',
  'AbortSignal',
  'Buffer',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URLSearchParams',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'console',
  'fetch',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'structuredClone',
];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      'packages/*/lib/',
      '**/dist/',
      '.venv/',
      'packages/python/',
      'bench/results/',
      'ui-tests/.results/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['packages/*/tsconfig.json', 'tsconfig.tests.json', 'ui-tests/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, allowDefaultCaseForExhaustiveSwitch: true },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      // An implementation of an asynchronous contract may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])),
    },
  },
  { files: ['**/*.{ts,tsx,js,mjs}'], rules: noShell },
);
