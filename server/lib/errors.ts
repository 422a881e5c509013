// Errors as the API answers them. Every Neutron error stands once in the registry: class name, status, message template.

/** An error with an HTTP answer: `status`, a class name and a message the caller may see. */
export class CloudError extends Error {
  readonly status: number;
  readonly type: string;
  readonly detail: string;

  constructor(status: number, type: string, message: string, detail = '') {
    super(message);
    this.name = type;
    this.status = status;
    this.type = type;
    this.detail = detail;
  }
}

/** 400 as webob words it: malformed bodies and attribute values. */
export const badRequest = (message: string): CloudError => new CloudError(400, 'HTTPBadRequest', message);

/** 404 of a path nobody serves. */
export const noSuchPath = (): CloudError =>
  new CloudError(404, 'HTTPNotFound', 'The resource could not be found.');

/** Names between braces in a message template. */
type Names<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** A registry of errors: class name to status and message template with `{name}` for each value. */
export type Registry = Record<string, readonly [status: number, template: string]>;

/** Gives the one function that makes errors of a registry; a missing or misspelt value does not compile. */
export function errorsOf<const R extends Registry>(registry: R) {
  return <T extends keyof R & string>(
    type: T,
    ...[values]: Names<R[T][1]> extends never ? [] : [Record<Names<R[T][1]>, unknown>]
  ): CloudError => {
    const [status, template] = registry[type]!;
    const message = template.replace(/\{(\w+)\}/g, (_, name: string) =>
      String((values as Record<string, unknown> | undefined)?.[name] ?? 'None'),
    );
    return new CloudError(status, type, message);
  };
}
