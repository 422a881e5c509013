// What a jack can show.
export type JackState =
  'open' | 'busy' | 'passed' | 'failed' | 'broken' | 'stopped' | 'live' | 'shut' | 'replayed';
