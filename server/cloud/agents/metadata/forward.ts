// Passes one request on to the metadata service of Compute, signed, and brings back what it says.
import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Instance } from './find-instance.ts';

export interface NovaMetadata {
  protocol: 'http' | 'https';
  host: string;
  port: number;
  insecure: boolean;
  sharedSecret: string;
}

export interface Forwarded {
  method: string;
  /** Path with query. */
  path: string;
  address: string;
  contentType?: string;
  body: Buffer;
}

export interface NovaAnswer {
  status: number;
  contentType: string | undefined;
  body: Buffer;
}

const patienceMs = 25_000;
const largestAnswer = 16 * 1024 * 1024;

/** HMAC-SHA256 of the instance's id: Compute believes the id only with it. */
export const signInstanceId = (sharedSecret: string, instanceId: string): string =>
  createHmac('sha256', sharedSecret).update(instanceId).digest('hex');

/** Rejects when Compute cannot be reached, is silent for 25 s or says more than 16 MiB. */
export function forward(nova: NovaMetadata, asked: Forwarded, instance: Instance): Promise<NovaAnswer> {
  const isHttps = nova.protocol === 'https';
  return new Promise((resolve, reject) => {
    const outgoing = (isHttps ? httpsRequest : httpRequest)({
      host: nova.host,
      port: nova.port,
      method: asked.method,
      path: asked.path,
      agent: false,
      signal: AbortSignal.timeout(patienceMs),
      ...(isHttps ? { rejectUnauthorized: !nova.insecure } : {}),
      headers: {
        'X-Forwarded-For': asked.address,
        'X-Instance-ID': instance.id,
        'X-Tenant-ID': instance.tenantId,
        'X-Instance-ID-Signature': signInstanceId(nova.sharedSecret, instance.id),
        'Content-Length': asked.body.length,
        ...(asked.contentType === undefined ? {} : { 'Content-Type': asked.contentType }),
      },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > largestAnswer) outgoing.destroy(new Error('the answer is too large'));
        chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 500,
          contentType: response.headers['content-type'],
          body: Buffer.concat(chunks),
        }),
      );
    });
    outgoing.end(asked.body);
  });
}
