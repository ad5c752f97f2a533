// Types as a storefront uses them: what has a default need not be sent, what is always answered need not be doubted.
import type { components, operations, paths } from './retour';

type Schemas = components['schemas'];

export const order: Schemas['OrderIn'] = {
  number: '#1001',
  storefront: 'web',
  customer_id: 'cus-1001',
  regime: 'EU',
  currency: 'EUR',
  ordered_at: '2026-10-20T08:15:00Z',
  lines: [{ line_id: 'L1', sku: 'JACKET', name: 'Rain jacket', quantity: 1, paid_minor: 4999 }],
  total_minor: 4999,
};

export const asked: operations['request_return']['requestBody']['content']['application/json'] = {
  order_id: 'order_01M866AEZK4N7Q0S3V6X9Z2C5F',
  lines: [{ line_id: 'L1', quantity: 1, reason: 'changed_mind', condition: 'unopened' }],
};

export const end = (found: Schemas['ReturnOut']): string => found.rma ?? found.status;

export const code = (
  refusal: paths['/v1/returns']['post']['responses'][409]['content']['application/problem+json'],
): string => refusal.code;
