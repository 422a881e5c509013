// Values of an API answer as the OpenStack commands of 2015 print them: Python's words, JSON for what is nested.

/** JSON with a blank after commas and colons, as Python's json.dumps writes it. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`)
      .join(', ')}}`;
  return JSON.stringify(value) ?? 'null';
}

/** The text of a table cell; the items of a list stand on lines of their own. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value))
    return value.map((item) => (isNested(item) ? pythonJson(item) : textOf(item))).join('\n');
  return isNested(value) ? pythonJson(value) : String(value);
}

const isNested = (value: unknown) => typeof value === 'object' && value !== null;
