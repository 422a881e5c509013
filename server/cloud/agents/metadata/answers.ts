// Error pages of the metadata agent, as instances have always got them. Pure.

const pages: Record<number, { title: string; explanation: string }> = {
  400: {
    title: 'Bad Request',
    explanation:
      'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  },
  403: { title: 'Forbidden', explanation: 'Access was denied to this resource.' },
  404: { title: 'Not Found', explanation: 'The resource could not be found.' },
  409: {
    title: 'Conflict',
    explanation: 'There was a conflict when trying to complete your request.',
  },
  500: {
    title: 'Internal Server Error',
    explanation: 'An unknown error has occurred. Please try your request again.',
  },
  502: { title: 'Bad Gateway', explanation: 'Bad gateway.' },
  503: {
    title: 'Service Unavailable',
    explanation: 'The server is currently unavailable. Please try again at a later time.',
  },
  504: { title: 'Gateway Timeout', explanation: 'The gateway has timed out.' },
};

/** What the agent says when Compute itself failed. */
export const remoteFailure = 'Remote metadata server experienced an internal server error.';

export interface ErrorPage {
  status: number;
  contentType: string;
  body: string;
}

/** The page for a status (500 for one that is not passed on), as HTML where the client takes it, else as text. */
export function errorPage(status: number, accept: string | undefined, explanation?: string): ErrorPage {
  const known = pages[status] === undefined ? 500 : status;
  const { title, explanation: usual } = pages[known]!;
  const text = explanation ?? usual;
  const heading = `${known} ${title}`;
  const wantsHtml = accept === undefined || /html|\*\/\*/.test(accept);
  if (!wantsHtml)
    return {
      status: known,
      contentType: 'text/plain; charset=UTF-8',
      body: `${heading}\n\n${text}\n\n   \n`,
    };
  return {
    status: known,
    contentType: 'text/html; charset=UTF-8',
    body: `<html>
 <head>
  <title>${heading}</title>
 </head>
 <body>
  <h1>${heading}</h1>
  ${text}<br /><br />



 </body>
</html>`,
  };
}
