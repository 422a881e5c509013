// policy.json as it is on disk: its rules, each compiled, and where in the file a mistake is.
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { compileRule, type Check } from './policy-language.ts';

/**
 * The rules of a policy file by name. It is read as YAML, of which JSON is a part, for lines to be told and comments to be
 * allowed. Throws an error that begins with the line: `line 3: rule 'create_network': a ')' is missing`.
 */
export function parsePolicy(text: string): Map<string, Check> {
  const counter = new LineCounter();
  const document = parseDocument(text, { schema: 'json', lineCounter: counter, prettyErrors: false });
  const at = (offset: number) => `line ${counter.linePos(offset).line}`;
  const [mistake] = document.errors;
  if (mistake !== undefined) throw new Error(`${at(mistake.pos[0])}: ${mistake.message}`);
  const rules = new Map<string, Check>();
  if (document.contents === null) return rules;
  if (!isMap(document.contents))
    throw new Error(`${at(document.contents.range?.[0] ?? 0)}: the rules are no object of names and rules`);
  for (const { key, value } of document.contents.items) {
    if (!isScalar(key)) throw new Error('line 1: the name of a rule is text');
    const name = String(key.value);
    try {
      rules.set(name, compileRule((value as { toJSON(): unknown } | null)?.toJSON() ?? null));
    } catch (error) {
      const reason = `${at(key.range?.[0] ?? 0)}: rule '${name}': ${(error as Error).message}`;
      throw new Error(reason, { cause: error });
    }
  }
  return rules;
}
