// Requests of the page. What fails throws ApiFailure with words a learner can read.
import type {
  ApiProblem,
  CatalogEntry,
  Guide,
  LabState,
  OpenTerminal,
  Solution,
  StepState,
  TerminalState,
} from '../../server/appliance/http/types.ts';

export class ApiFailure extends Error {
  readonly problem: ApiProblem;
  constructor(problem: ApiProblem) {
    super(problem.detail);
    this.problem = problem;
  }
}

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  }).catch(() => {
    throw new ApiFailure({
      title: 'The appliance does not answer',
      detail: "It may have been stopped. Look at the terminal where './patchbay up' runs, then try again.",
    });
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = (await response.json().catch(() => undefined)) as ApiProblem | undefined;
  throw new ApiFailure(
    problem ?? { title: 'Something went wrong', detail: `The appliance answered ${response.status}.` },
  );
}

const part = encodeURIComponent;

export const fetchCatalog = () => request<CatalogEntry[]>('GET', '/api/catalog');
export const fetchGuide = (entry: string) => request<Guide>('GET', `/api/catalog/${part(entry)}/guide`);
export const startLab = (entry: string) => request<LabState>('POST', '/api/labs', { entry });
export const destroyLab = (lab: string) => request<void>('DELETE', `/api/labs/${part(lab)}`);
/** What is asked of a lab as a whole; how it goes on arrives as events. */
export type LabVerb = 'reset' | 'resume' | 'repair' | 'restart' | 'extend';
export const askOfLab = (lab: string, verb: LabVerb) =>
  request<unknown>('POST', `/api/labs/${part(lab)}/${verb}`);
export const bringLab = (lab: string, step: number) =>
  request<unknown>('POST', `/api/labs/${part(lab)}/bring`, { step });
export const openHint = (lab: string, step: number) =>
  request<StepState>('POST', `/api/labs/${part(lab)}/steps/${step}/hint`);
export const openStep = (lab: string, step: number) =>
  request<StepState>('POST', `/api/labs/${part(lab)}/steps/${step}/open`);
export const checkStep = (lab: string, step: number) =>
  request<StepState>('POST', `/api/labs/${part(lab)}/steps/${step}/check`);
export const fetchSolution = (lab: string, step: number) =>
  request<Solution>('GET', `/api/labs/${part(lab)}/steps/${step}/solution`);
export const openTerminal = (lab: string, wanted: OpenTerminal) =>
  request<TerminalState>('POST', `/api/labs/${part(lab)}/terminals`, wanted);
export const closeTerminal = (lab: string, id: string) =>
  request<void>('DELETE', `/api/labs/${part(lab)}/terminals/${part(id)}`);

/** Whether this browser has to be signed in anew; an appliance that is down says nothing about that. */
export async function isSignedOut(): Promise<boolean> {
  const response = await fetch('/api/catalog').catch(() => undefined);
  return response?.status === 401;
}
