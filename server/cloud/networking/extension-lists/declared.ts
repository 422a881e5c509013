/** Extensions: alias, name, what it is, and the date of its specification. */
export type Declared = readonly (readonly [
  alias: string,
  name: string,
  description: string,
  updated: string,
])[];
