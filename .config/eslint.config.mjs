import tseslint from 'typescript-eslint';

const console = ['src/cli/**', 'bench/**', 'test/fuzz/main.ts'];

const namedExports = { selector: 'ExportDefaultDeclaration', message: 'Name the export.' };

export default tseslint.config(
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: `${import.meta.dirname}/..` },
    },
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', { max: 500 }],
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', namedExports],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  { files: console, rules: { 'no-console': 'off' } },
  {
    files: ['webview/**'],
    ignores: ['webview/elements.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'AssignmentExpression[left.property.name=/^(textContent|inner(Text|HTML)|outerHTML|title)$/]',
          message: 'Names come from anyone: setText and setAttribute of elements.ts keep them plain.',
        },
        namedExports,
      ],
    },
  },
);
